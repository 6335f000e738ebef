package dev.matriarch.chaos;

import dev.matriarch.chaos.Situation.Part;
import dev.matriarch.chaos.faults.AllPodsDeleted;
import dev.matriarch.chaos.faults.ApiServerStopped;
import dev.matriarch.chaos.faults.BackendKilled;
import dev.matriarch.chaos.faults.CutFromApiServer;
import dev.matriarch.chaos.faults.DiskStalled;
import dev.matriarch.chaos.faults.KubeletStopped;
import dev.matriarch.chaos.faults.LinkCut;
import dev.matriarch.chaos.faults.NodeFault;
import dev.matriarch.chaos.faults.OperatorAndPrimaryKilled;
import dev.matriarch.chaos.faults.OperatorHangs;
import dev.matriarch.chaos.faults.OperatorKilled;
import dev.matriarch.chaos.faults.OutOfMemory;
import dev.matriarch.chaos.faults.PodDeleted;
import dev.matriarch.chaos.faults.PostmasterKilled;
import dev.matriarch.chaos.faults.PrimaryVolumeLost;
import dev.matriarch.chaos.faults.PromotedByHand;
import dev.matriarch.chaos.faults.SlowLink;
import dev.matriarch.chaos.faults.StandbyLeftBehind;
import dev.matriarch.chaos.faults.SwitchedOver;
import dev.matriarch.chaos.faults.SwitchedOver.Meanwhile;
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
            new OutOfMemory(),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.STOPPED),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.FROZEN),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT),
            new KubeletStopped(),
            new CutFromApiServer(),
            new SlowLink(),
            new DiskStalled(true),
            new DiskStalled(false),
            new PrimaryVolumeLost(),
            new PodDeleted(Part.STANDBY, true),
            new PodDeleted(Part.STANDBY, false),
            new NodeFault(Part.STANDBY, NodeFault.Kind.STOPPED),
            new NodeFault(Part.STANDBY, NodeFault.Kind.FROZEN),
            new NodeFault(Part.STANDBY, NodeFault.Kind.CUT),
            new VolumeEmptied(),
            new StandbyLeftBehind(),
            new PromotedByHand(),
            new LinkCut(),
            new AllPodsDeleted(),
            new OperatorKilled(true),
            new OperatorKilled(false),
            new OperatorHangs(),
            new OperatorAndPrimaryKilled(),
            new ApiServerStopped(),
            new SwitchedOver(Meanwhile.NOTHING),
            new SwitchedOver(Meanwhile.OPERATOR_KILLED),
            new SwitchedOver(Meanwhile.TARGET_KILLED),
            new SwitchedOver(Meanwhile.OLD_PRIMARY_KILLED),
            new SwitchedOver(Meanwhile.TARGET_FROZEN),
            new SwitchedOver(Meanwhile.TARGET_CUT));

    private Faults() {}

    /** All of them. */
    public static List<Fault> all() {
        return ALL;
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
