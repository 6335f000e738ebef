package dev.matriarch.decide;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is wanted of a cluster, in the words of the decision.
 *
 * @param cluster its name
 * @param instances number of instances
 * @param required number of standbys that confirm each commit with so many instances
 * @param hibernated whether all instances are to be stopped
 * @param failover when a primary that is lost is replaced
 * @param switchovers who asks that another instance is to lead, in the order of their turn: the first is begun next, and whichever is under way goes on for as long as it is
 *     among them. There are several only when an operator with a cache that was late let a second one start
 * @param avoided instances that are not to lead if another can: their nodes are about to be drained
 */
public record Intent(
        String cluster,
        int instances,
        int required,
        boolean hibernated,
        FailoverWish failover,
        List<SwitchoverWish> switchovers,
        Set<String> avoided) {

    public Intent {
        switchovers = List.copyOf(switchovers);
        avoided = Set.copyOf(avoided);
    }

    /** One in which nobody asks for another primary. */
    public Intent(String cluster, int instances, int required, boolean hibernated, FailoverWish failover) {
        this(cluster, instances, required, hibernated, failover, List.of(), Set.of());
    }

    /** The same, with who asks for another primary, and who is not to be that. */
    public Intent asking(List<SwitchoverWish> wishes, Set<String> whoIsAvoided) {
        return new Intent(cluster, instances, required, hibernated, failover, wishes, whoIsAvoided);
    }

    /** Whose turn it is; empty: nobody asks. */
    Optional<SwitchoverWish> nextSwitchover() {
        return switchovers.stream().findFirst();
    }

    /** Whether the PgSwitchover of this identity still asks. */
    boolean asksFor(String uid) {
        return switchovers.stream().anyMatch(each -> each.uid().equals(uid));
    }

    /**
     * When a primary that is lost is replaced.
     *
     * @param automatic whether it is, without being asked
     * @param delay how long it may be lost before; not negative
     * @param asked what a person asks for, in the words of {@link Consent}; empty: nothing
     * @param selfFence how long a primary whose commits wait for nobody goes on without a heartbeat; zero: for ever
     */
    public record FailoverWish(boolean automatic, Duration delay, Optional<String> asked, Duration selfFence) {
        /** At once, without being asked. */
        public static final FailoverWish AT_ONCE =
                new FailoverWish(true, Duration.ZERO, Optional.empty(), Duration.ofSeconds(10));
    }
}
