package dev.matriarch.chaos;

import dev.matriarch.chaos.Situation.Part;
import dev.matriarch.chaos.faults.AllPodsDeleted;
import dev.matriarch.chaos.faults.ApiServerStopped;
import dev.matriarch.chaos.faults.BackendKilled;
import dev.matriarch.chaos.faults.LinkCut;
import dev.matriarch.chaos.faults.NodeFault;
import dev.matriarch.chaos.faults.OperatorAndPrimaryKilled;
import dev.matriarch.chaos.faults.OperatorKilled;
import dev.matriarch.chaos.faults.PodDeleted;
import dev.matriarch.chaos.faults.PostmasterKilled;
import dev.matriarch.chaos.faults.PromotedByHand;
import dev.matriarch.chaos.faults.SlowLink;
import dev.matriarch.chaos.faults.VolumeEmptied;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All faults there are. A new one is a class and a line here. */
public final class Faults {

    private static final List<Fault> ALL = List.of(
            new PodDeleted(Part.PRIMARY, true),
            new PodDeleted(Part.PRIMARY, false),
            new PostmasterKilled("KILL"),
            new PostmasterKilled("QUIT"),
            new BackendKilled(),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.STOPPED),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.FROZEN),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT),
            new SlowLink(),
            new PodDeleted(Part.STANDBY, true),
            new PodDeleted(Part.STANDBY, false),
            new NodeFault(Part.STANDBY, NodeFault.Kind.STOPPED),
            new NodeFault(Part.STANDBY, NodeFault.Kind.FROZEN),
            new NodeFault(Part.STANDBY, NodeFault.Kind.CUT),
            new VolumeEmptied(),
            new PromotedByHand(),
            new LinkCut(),
            new AllPodsDeleted(),
            new OperatorKilled(true),
            new OperatorKilled(false),
            new OperatorAndPrimaryKilled(),
            new ApiServerStopped());

    /**
     * The faults that a release without failover survives: it loses nothing, and is whole again once the primary is back with its data, however long
     * writes had to wait for that. Missing is what needs somebody to be made to stop leading: standby-promoted-by-hand.
     */
    private static final Set<String> WITHOUT_FAILOVER = Set.of(
            "primary-pod-deleted",
            "primary-pod-deleted-grace-0",
            "primary-postmaster-kill",
            "primary-postmaster-quit",
            "primary-backend-kill",
            "primary-node-stopped",
            "primary-node-frozen",
            "primary-node-cut",
            "primary-node-slow",
            "link-cut",
            "standby-pod-deleted",
            "standby-pod-deleted-grace-0",
            "standby-node-stopped",
            "standby-node-frozen",
            "standby-node-cut",
            "standby-volume-emptied",
            "all-pods-deleted",
            "operator-killed",
            "operator-leader-killed",
            "operator-and-primary-killed",
            "api-server-stopped");

    private Faults() {}

    /** All of them. */
    public static List<Fault> all() {
        return ALL;
    }

    /** What the operator survives as it is now. */
    public static List<Fault> survivedToday() {
        return named(WITHOUT_FAILOVER);
    }

    /** Those with these names; an unknown name is an error. */
    public static List<Fault> named(Set<String> names) {
        List<Fault> faults =
                ALL.stream().filter(fault -> names.contains(fault.name())).toList();
        List<String> unknown = new ArrayList<>(names);
        faults.forEach(fault -> unknown.remove(fault.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("There is no fault " + String.join(", ", unknown) + ". There are "
                    + String.join(", ", ALL.stream().map(Fault::name).toList()) + ".");
        }
        return faults;
    }
}
