package dev.matriarch.decide;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** Somebody who types, sooner or later, what a condition says. */
final class Person {

    private final Random will;
    private final World world;

    /** What the last condition that said so would have a person say. */
    private Optional<Consent> remedy = Optional.empty();

    private boolean accepted;

    Person(Random will, World world) {
        this.will = will;
        this.world = world;
    }

    /** Whether a loss was accepted, after which another word may be needed: what was accepted first may not be what is there in the end. */
    boolean hasAcceptedALoss() {
        return accepted;
    }

    void read(Plan plan) {
        plan.waitings().stream()
                .flatMap(each -> each.remedy().stream())
                .findFirst()
                .ifPresent(each -> remedy = Optional.of(each));
    }

    /** Types what is asked for in the end. */
    void help(Operator operator) {
        Plan plan = operator.stalled();
        read(plan);
        if (plan.waitings().stream().anyMatch(each -> each.remedy().isPresent())) {
            world.ask(remedy.orElseThrow().toString());
        }
    }

    /** Types what was read, or changes whether it is needed. */
    void type() {
        if (will.nextInt(20) > 0) {
            return;
        }
        if (will.nextInt(4) == 0) {
            boolean automatic = will.nextBoolean();
            world.note("user", () -> "sets failover.automatic to " + automatic);
            world.wish(automatic, Duration.ZERO);
        } else if (remedy.isPresent()) {
            String words = remedy.get().toString();
            world.note("user", () -> "asks for " + words);
            world.ask(words);
            accepted |= remedy.get().kept().isPresent();
        }
    }
}
