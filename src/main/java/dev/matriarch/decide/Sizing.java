package dev.matriarch.decide;

import java.util.List;

/**
 * How many instances the StatefulSet is to have.
 *
 * <p>A StatefulSet removes its highest ordinals. One that leads, or that any recorded rule counts, must not go, and must come back where it is away: after
 * a hibernation, or when the cluster is made again with fewer instances. Volumes of removed instances stay.
 */
final class Sizing {

    private Sizing() {}

    /** Nobody is removed; and who leads, or is to confirm, comes back: an operator that had not heard of it may have removed them meanwhile. */
    static int whileThePrimaryChanges(Intent intent, Observation seen) {
        int present = Math.max(intent.instances(), seen.replicas());
        return Math.max(present, Math.max(leading(seen.protocol()), counted(seen.protocol())));
    }

    static int replicas(Intent intent, Protocol protocol, Observation seen, List<Waiting> waitings) {
        if (intent.hibernated()) {
            if (seen.instances().stream().anyMatch(each -> each.pod().isPresent())) {
                waitings.add(new Waiting(Waiting.Reason.Hibernating, "The instances are being stopped."));
            }
            return 0;
        }
        int wanted = intent.instances();
        int leading = leading(protocol);
        int counted = counted(protocol);
        if (leading > wanted) {
            waitings.add(new Waiting(
                    Waiting.Reason.ScaleInNeedsSwitchover,
                    "spec.instances is " + wanted + ", which would remove the primary " + protocol.primary()
                            + ". It stays until another instance leads."));
        } else if (counted > wanted) {
            waitings.add(new Waiting(
                    Waiting.Reason.ScalingIn, "Commits stop waiting for the instances that are to be removed."));
        }
        return Math.max(wanted, Math.max(leading, counted));
    }

    /** With how many the primary is among them. */
    private static int leading(Protocol protocol) {
        return protocol.primary() == null ? 0 : Names.ordinal(protocol.primary()) + 1;
    }

    /** With how many all are among them whom a rule on record counts. */
    private static int counted(Protocol protocol) {
        return protocol.rules().stream()
                .flatMap(rule -> rule.members().stream())
                .mapToInt(member -> Names.ordinal(Names.instanceOf(member)) + 1)
                .max()
                .orElse(0);
    }
}
