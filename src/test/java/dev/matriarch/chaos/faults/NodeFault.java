package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A node loses its power, gets no time, or its link, for a while; and the operator's Pods on it do too. */
public record NodeFault(Part part, Kind kind) implements Fault {

    /** What happens to it. */
    public enum Kind {
        STOPPED("stop", "start"),
        FROZEN("freeze", "thaw"),
        CUT("cut", "join");

        private final String fault;
        private final String end;

        Kind(String fault, String end) {
            this.fault = fault;
            this.end = end;
        }
    }

    @Override
    public String name() {
        return part + "-node-" + kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Injury inject(Situation situation) {
        String node = situation.node(part);
        // A primary that came back before clients must have another would hide that they had none.
        int least = (int) writesWithin().toSeconds() + 1;
        Duration lasts = situation.seconds(least, least + 3);
        Injury injury = Injury.lasting(node, Set.of(node), lasts, () -> situation.machine(node, kind.end));
        situation.machine(node, kind.fault);
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        if (part == Part.STANDBY) {
            return Requirements.noFailover(aftermath);
        }
        return Requirements.anotherLeads(aftermath);
    }

    @Override
    public boolean lastsLong() {
        return part == Part.PRIMARY;
    }

    @Override
    public Duration writesWithin() {
        return part == Part.STANDBY ? Requirements.STUTTER : Requirements.REPLACED;
    }
}
