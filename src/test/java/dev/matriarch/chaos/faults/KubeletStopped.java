package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The kubelet of the primary's node stops. Its Pods go on, and so must the primary. */
public final class KubeletStopped implements Fault {

    @Override
    public String name() {
        return "primary-kubelet-stopped";
    }

    @Override
    public Injury inject(Situation situation) {
        String node = situation.node(Part.PRIMARY);
        Injury injury =
                Injury.lasting(node, Set.of(), situation.seconds(5, 9), () -> situation.machine(node, "kubelet-start"));
        situation.machine(node, "kubelet-stop");
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.noFailover(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.STUTTER;
    }
}
