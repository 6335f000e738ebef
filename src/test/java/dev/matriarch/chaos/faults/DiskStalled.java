package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The disk of the primary takes no write for half a minute, and the primary is replaced; or for some seconds, and it is waited for. PostgreSQL answers all the while. */
public record DiskStalled(boolean replaced) implements Fault {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Well before the disk goes on. */
    private static final Duration WRITTEN_ELSEWHERE = Duration.ofSeconds(25);

    @Override
    public String name() {
        return replaced ? "primary-disk-stalled" : "primary-disk-stalled-shortly";
    }

    @Override
    public Injury inject(Situation situation) {
        String node = situation.node(Part.PRIMARY);
        Injury injury = Injury.lasting(
                node, Set.of(), replaced ? LONG : situation.seconds(3, 6), () -> situation.machine(node, "disk-go"));
        situation.machine(node, "disk-stall");
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        if (!replaced) {
            return Requirements.noFailover(aftermath);
        }
        List<String> complaints = new ArrayList<>(Requirements.atMostOneFailover(aftermath));
        if (aftermath.epochs() == 0) {
            complaints.add("nobody else leads, and its disk took no write for " + LONG.toSeconds() + " s");
        }
        return complaints;
    }

    @Override
    public boolean lastsLong() {
        return replaced;
    }

    @Override
    public Duration writesWithin() {
        return replaced ? WRITTEN_ELSEWHERE : Requirements.REPLACED;
    }
}
