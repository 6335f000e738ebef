package dev.matriarch.decide;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** An operator that fell asleep over a plan: the rest of it, and the record that it was made upon. */
final class Sleeper {

    private final Deque<Step> rest = new ArrayDeque<>();
    private Protocol recorded = Protocol.none();

    void fallAsleep(List<Step> steps, Protocol upon) {
        rest.clear();
        rest.addAll(steps);
        recorded = upon;
    }

    boolean hasSteps() {
        return !rest.isEmpty();
    }

    /** Whether the primary or its rule has changed since. */
    boolean isLate(Protocol now) {
        return now.epoch() > recorded.epoch() || now.ruleGeneration() > recorded.ruleGeneration();
    }

    /** One step; when it cannot be done, the plan ends. */
    void goOn(Operator operator) {
        if (!operator.act(rest.poll())) {
            rest.clear();
        }
    }
}
