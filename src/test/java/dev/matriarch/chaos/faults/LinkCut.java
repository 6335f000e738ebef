package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The primary's node and that of a standby no longer reach each other; everybody else reaches both. */
public final class LinkCut implements Fault {

    @Override
    public String name() {
        return "link-cut";
    }

    @Override
    public Injury inject(Situation situation) {
        String one = situation.node(Part.PRIMARY);
        String other = situation.node(Part.STANDBY);
        Injury injury = Injury.lasting(
                one + " from " + other,
                Set.of(one, other),
                situation.seconds(5, 9),
                () -> situation.machine(one, "join-to", other));
        situation.machine(one, "cut-from", other);
        return injury;
    }

    /** The other standby hears the primary. */
    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.noFailover(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.STUTTER;
    }
}
