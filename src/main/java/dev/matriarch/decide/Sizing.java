package dev.matriarch.decide;

import java.util.List;

/**
 * How many instances the StatefulSet is to have.
 *
 * <p>A StatefulSet removes its highest ordinals. One that leads, or that a recorded rule counts, must not go: the number shrinks only when the
 * rule without them is the only one on record. Volumes of removed instances stay.
 */
final class Sizing {

    private Sizing() {}

    static int replicas(Intent intent, Observation seen, List<Waiting> waitings) {
        if (intent.hibernated()) {
            if (seen.instances().stream().anyMatch(each -> each.pod().isPresent())) {
                waitings.add(new Waiting(Waiting.Reason.Hibernating, "The instances are being stopped."));
            }
            return 0;
        }
        int wanted = intent.instances();
        if (seen.replicas() <= wanted) {
            return wanted;
        }
        Protocol protocol = seen.protocol();
        if (protocol.primary() != null && Names.ordinal(protocol.primary()) >= wanted) {
            waitings.add(new Waiting(
                    Waiting.Reason.ScaleInNeedsSwitchover,
                    "spec.instances is " + wanted + ", which would remove the primary " + protocol.primary()
                            + ". Nothing is removed until another instance leads."));
            return seen.replicas();
        }
        boolean counted = protocol.rules().stream()
                .flatMap(rule -> rule.members().stream())
                .anyMatch(member -> Names.ordinal(Names.instanceOf(member)) >= wanted);
        if (counted || protocol.rules().size() > 1) {
            waitings.add(new Waiting(
                    Waiting.Reason.ScalingIn, "Commits stop waiting for the instances that are to be removed."));
            return seen.replicas();
        }
        return wanted;
    }
}
