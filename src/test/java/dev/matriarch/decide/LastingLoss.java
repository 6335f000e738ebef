package dev.matriarch.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A cluster that is whole is divided, or not; then a minority of its instances dies for good, the others see each other again, and somebody pauses a replay, or not. Afterwards one
 * must lead whose writes can be acknowledged, by itself or by the word that a condition asks for.
 */
final class LastingLoss {

    /** Rounds, a second each, in which a failover has to come to its end. */
    private static final int ROUNDS = 60;

    /** How often a person does what a condition says. */
    private static final int WORDS = 3;

    private final Random random;
    private final World world;
    private final Operator operator;

    LastingLoss(Random random, World world, Operator operator) {
        this.random = random;
        this.world = world;
        this.operator = operator;
    }

    void happens() {
        List<Machine> all = new ArrayList<>(world.all().stream()
                .filter(each -> each.up && each.data != null)
                .toList());
        int minority = (all.size() - 1) / 2;
        boolean divided = minority > 0 && random.nextBoolean();
        if (divided) {
            divide(all, 1 + random.nextInt(minority));
        }
        Collections.shuffle(all, random);
        if (random.nextBoolean()) {
            all.sort((one, other) -> Boolean.compare(leads(other), leads(one)));
        }
        boolean onlyWhoLeads = divided && random.nextBoolean();
        if (onlyWhoLeads) {
            all.sort((one, other) -> Boolean.compare(leads(other), leads(one)));
        }
        int dead = onlyWhoLeads ? 1 : minority == 0 ? 0 : random.nextInt(minority + 1);
        List<Machine> lost = all.subList(0, dead);
        List<Machine> left = all.subList(lost.size(), all.size());
        lost.forEach(this::die);
        world.all().stream().filter(each -> !each.dead).forEach(each -> {
            each.answers = true;
            each.linked = true;
        });
        left.stream()
                .filter(each -> each.up && each.data.standby && random.nextInt(4) == 0)
                .forEach(each -> {
                    world.note("fault", () -> "the replay of " + each.name + " is paused");
                    each.paused = true;
                });
        if (!divided) {
            becomeAnIsland(left);
        }
        mustLead();
    }

    /** One that does not lead, and that is not needed, answers for ever and reaches none of the others, nor they it. */
    private void becomeAnIsland(List<Machine> left) {
        int required =
                world.recorded.rules().stream().mapToInt(Rule::required).max().orElse(0);
        boolean isNeeded = left.size() - 1 < world.all().size() - required || left.size() - 1 <= required;
        if (!isNeeded && required > 0 && random.nextInt(3) == 0) {
            left.stream().filter(each -> each.up && !leads(each)).findFirst().ifPresent(each -> {
                world.note("fault", () -> each.name + " is cut off from the others for good");
                each.linked = false;
            });
        }
    }

    private boolean leads(Machine machine) {
        return machine.name.equals(world.recorded.primary());
    }

    private void die(Machine machine) {
        boolean podStays = random.nextBoolean();
        world.note("fault", () -> machine.name + " dies for good" + (podStays ? "" : ", with its Pod"));
        world.disconnect(machine);
        machine.die(podStays);
    }

    /** The primary, with so many instances, sees none of the others, and is not seen by the operator, until the others have somebody else who leads. */
    private void divide(List<Machine> all, int few) {
        List<Machine> side = new ArrayList<>(all);
        Collections.shuffle(side, random);
        side.sort((one, other) -> Boolean.compare(leads(other), leads(one)));
        List<Machine> others = side.subList(few, side.size());
        side = side.subList(0, few);
        String here = side.stream().map(each -> each.name).toList().toString();
        world.note("fault", () -> here + " are divided from the others");
        long epoch = world.recorded.epoch();
        side.forEach(each -> each.answers = false);
        others.forEach(each -> each.linked = false);
        for (int i = 0; i < ROUNDS && others.stream().anyMatch(each -> each.data.epoch == epoch); i++) {
            round();
        }
        others.forEach(each -> each.linked = true); // from the few nobody streams any more
        int rounds = random.nextInt(ROUNDS);
        for (int i = 0; i < rounds; i++) {
            round();
        }
    }

    private Plan round() {
        Plan plan = operator.round();
        world.run();
        world.invariants.check();
        world.pass(Duration.ofSeconds(1));
        return plan;
    }

    private void mustLead() {
        Plan plan = round();
        for (int words = 0; words <= WORDS; words++) {
            for (int i = 0; i < ROUNDS; i++) {
                plan = round();
            }
            if (somebodyLeads()) {
                return;
            }
            Optional<Consent> remedy = plan.waitings().stream()
                    .flatMap(each -> each.remedy().stream())
                    .findFirst();
            if (remedy.isEmpty()) {
                break;
            }
            world.note("user", () -> "asks for " + remedy.get());
            world.ask(remedy.get().toString());
        }
        Plan last = plan;
        throw new Violation(
                Violation.Kind.LIVENESS,
                "a minority is lost, and nobody leads: "
                        + last.waitings().stream().map(Waiting::message).toList(),
                world);
    }

    private boolean somebodyLeads() {
        Machine primary = world.machine(world.recorded.primary());
        return world.recorded.transition().isEmpty() && primary.up && world.confirming.canAcknowledge(primary);
    }
}
