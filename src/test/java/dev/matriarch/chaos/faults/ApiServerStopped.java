package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The control plane loses its power for some seconds, and DNS with it. Databases must not notice. */
public final class ApiServerStopped implements Fault {

    @Override
    public String name() {
        return "api-server-stopped";
    }

    @Override
    public Injury inject(Situation situation) {
        Injury injury = Injury.lasting("cp", Set.of(), situation.seconds(5, 9), () -> situation.machine("cp", "start"));
        situation.machine("cp", "stop");
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
