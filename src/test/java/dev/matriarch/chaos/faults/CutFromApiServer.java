package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The primary's node no longer reaches the API server, nor that the node; the Pods on it reach the others, and others them. */
public final class CutFromApiServer implements Fault {

    @Override
    public String name() {
        return "primary-node-cut-from-api-server";
    }

    @Override
    public Injury inject(Situation situation) {
        String node = situation.node(Part.PRIMARY);
        Injury injury = Injury.lasting(
                node, Set.of(), situation.seconds(5, 9), () -> situation.machine(node, "join-to", "api"));
        situation.machine(node, "cut-from", "api");
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
