package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.util.List;
import java.util.Set;

/** 200 ms to and from the primary's node. Slow is not dead: nobody else may lead because of it. */
public final class SlowLink implements Fault {

    private static final String MILLISECONDS = "200";

    @Override
    public String name() {
        return "primary-node-slow";
    }

    @Override
    public Injury inject(Situation situation) {
        String node = situation.node(Part.PRIMARY);
        Injury injury =
                Injury.lasting(node, Set.of(node), situation.seconds(5, 9), () -> situation.machine(node, "no-delay"));
        situation.machine(node, "delay", MILLISECONDS);
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.noFailover(aftermath);
    }
}
