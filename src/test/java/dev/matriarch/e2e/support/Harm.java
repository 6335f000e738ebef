package dev.matriarch.e2e.support;

import dev.matriarch.api.PgSwitchoverStatus.Phase;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What goes wrong in the middle of a switchover, and as what the switchover may then end. */
public enum Harm {
    /** The Pod of who is to lead is taken away without a word. */
    TARGET_POD_DELETED,
    /** All processes of who is to lead end at once, but for its supervisor. */
    TARGET_KILLED,
    /** No process of who is to lead gets time: it answers nobody. */
    TARGET_HANGS,
    /** The machine of who is to lead gets no time. */
    TARGET_FROZEN,
    /** The machine of who is to lead loses its link. */
    TARGET_CUT,
    /** The Pod of the old primary is taken away without a word. */
    PRIMARY_POD_DELETED,
    /** All processes of the old primary end at once, but for its supervisor. */
    PRIMARY_KILLED,
    /** No process of the old primary gets time: it does not stop, and answers nobody. */
    PRIMARY_HANGS,
    /** The machine of the old primary gets no time, its kubelet included. */
    PRIMARY_FROZEN,
    /** Nobody wants it any more. */
    WITHDRAWN;

    private static final String COMPLETED = "SwitchedOver";

    /** Does it. */
    void inject(Cluster cluster, Switchover asked, String primary, String target) {
        switch (this) {
            case TARGET_POD_DELETED -> deletePod(cluster, target);
            case PRIMARY_POD_DELETED -> deletePod(cluster, primary);
            case TARGET_KILLED -> signal(cluster, target, "KILL");
            case PRIMARY_KILLED -> signal(cluster, primary, "KILL");
            case PRIMARY_HANGS -> signal(cluster, primary, "STOP");
            case TARGET_HANGS -> signal(cluster, target, "STOP");
            case TARGET_FROZEN -> TestCluster.fault(node(cluster, target), "freeze");
            case TARGET_CUT -> TestCluster.fault(node(cluster, target), "cut");
            case PRIMARY_FROZEN -> TestCluster.fault(node(cluster, primary), "freeze");
            case WITHDRAWN -> asked.delete();
        }
    }

    /** Ends it, where it does not end by itself. */
    void undo(Cluster cluster, String primary, String target) {
        switch (this) {
            case PRIMARY_HANGS -> signal(cluster, primary, "CONT");
            case TARGET_HANGS -> signal(cluster, target, "CONT");
            case TARGET_FROZEN -> TestCluster.fault(node(cluster, target), "thaw");
            case TARGET_CUT -> TestCluster.fault(node(cluster, target), "join");
            case PRIMARY_FROZEN -> TestCluster.fault(node(cluster, primary), "thaw");
            default -> {
                // it was a moment
            }
        }
    }

    private static void deletePod(Cluster cluster, String pod) {
        cluster.kubectl().does("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false");
    }

    /** Of the container's processes all but the first one get it, which is the supervisor. */
    private static void signal(Cluster cluster, String pod, String name) {
        cluster.kubectl().shell(pod, "postgres", "kill -" + name + " -1").orThrow();
    }

    private static String node(Cluster cluster, String pod) {
        return cluster.pod(Integer.parseInt(pod.substring(pod.lastIndexOf('-') + 1)))
                .getSpec()
                .getNodeName();
    }

    /**
     * As what a switchover ends to which it happens in a phase: reasons of its conditions. In Verifying the operator may have seen before it was frozen that the target
     * has all: then it is elected, whatever happens to it.
     */
    Set<String> endsAs(Phase phase) {
        Set<String> ends = new TreeSet<>(
                this == WITHDRAWN
                        ? whenWithdrawn(phase)
                        : name().startsWith("TARGET") ? withoutTarget(phase) : withoutPrimary(phase));
        if (name().endsWith("KILLED") || name().endsWith("DELETED")) {
            ends.add(COMPLETED); // it may be back before it is missed
        }
        return ends;
    }

    private static Set<String> whenWithdrawn(Phase phase) {
        return switch (phase) {
            case Preparing -> Set.of("NotBegun", "Withdrawn");
            case Demoting -> Set.of("Withdrawn");
            case Verifying -> Set.of("Withdrawn", COMPLETED);
            default -> Set.of(COMPLETED);
        };
    }

    private static Set<String> withoutTarget(Phase phase) {
        return switch (phase) {
            case Preparing -> Set.of(COMPLETED, "TargetLost"); // it is waited for
            case Demoting -> Set.of("TargetLost");
            case Verifying -> Set.of("TargetLost", "OvertakenByFailover");
            case Promoting -> Set.of("OvertakenByFailover");
            default -> Set.of(COMPLETED);
        };
    }

    private static Set<String> withoutPrimary(Phase phase) {
        return switch (phase) {
            case Preparing -> Set.of(COMPLETED, "TargetIsPrimary"); // a failover comes first
            case Demoting -> Set.of("PrimaryLost", "PrimaryDidNotStop");
            default -> Set.of(COMPLETED);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
