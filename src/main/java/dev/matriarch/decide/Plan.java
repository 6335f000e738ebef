package dev.matriarch.decide;

import java.util.List;
import java.util.Optional;

/**
 * What is to be done now.
 *
 * @param replicas the StatefulSet's replicas
 * @param route where {@code <cluster>-primary} is to lead; empty: nowhere
 * @param steps the deeds, in their order
 * @param waitings what is waited for afterwards
 * @param answer what is said to who asks for a switchover that is not under way
 */
public record Plan(
        int replicas,
        Optional<String> route,
        List<Step> steps,
        List<Waiting> waitings,
        Optional<SwitchoverAnswer> answer) {

    /** One without an answer. */
    public Plan(int replicas, Optional<String> route, List<Step> steps, List<Waiting> waitings) {
        this(replicas, route, steps, waitings, Optional.empty());
    }

    public Plan {
        steps = List.copyOf(steps);
        waitings = List.copyOf(waitings);
    }

    /** Whether something is under way, so that it is worth looking again soon. */
    public boolean isUnsettled() {
        return !steps.isEmpty() || !waitings.isEmpty();
    }
}
