package dev.matriarch.decide;

import java.util.ArrayDeque;
import java.util.Deque;

/** An operator that fell asleep over a plan: the rest of it, and the record that it was made upon. */
final class Sleeper {

    private final World world;
    private final Deque<Step> rest = new ArrayDeque<>();
    private Plan plan;
    private Observation seen;
    private Protocol recorded = Protocol.none();
    private int deletions;

    Sleeper(World world) {
        this.world = world;
    }

    /** @param looked what it had seen when it made the plan */
    void fallAsleep(Plan made, Observation looked, Protocol upon) {
        rest.clear();
        rest.addAll(made.steps());
        plan = made;
        seen = looked;
        recorded = upon;
        deletions = world.deletions;
    }

    boolean hasSteps() {
        return !rest.isEmpty() && deletions == world.deletions;
    }

    /** Whether the primary or its rule has changed since. */
    boolean isLate(Protocol now) {
        return now.epoch() > recorded.epoch() || now.ruleGeneration() > recorded.ruleGeneration();
    }

    /** One step; when it cannot be done, the plan ends. After the last it may know what comes next without another look, and may sleep over that too. */
    void goOn(Operator operator) {
        if (!operator.act(rest.poll())) {
            rest.clear();
        } else if (rest.isEmpty()) {
            seen.after(plan).ifPresent(known -> fallAsleep(operator.plan(known), known, known.protocol()));
        }
    }
}
