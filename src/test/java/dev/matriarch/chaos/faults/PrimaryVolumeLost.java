package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.time.Duration;
import java.util.List;

/** The primary's claim is deleted, and its Pod. It comes back with an empty volume, and is copied from whoever leads by then. */
public final class PrimaryVolumeLost implements Fault {

    @Override
    public String name() {
        return "primary-volume-lost";
    }

    @Override
    public Injury inject(Situation situation) {
        int primary = situation.primary();
        String name = situation.name(primary);
        Injury injury = Injury.once(name, situation.anotherPod(primary));
        situation.kubectl().does("delete", "pvc", "data-" + name, "--wait=false");
        situation.kubectl().does("delete", "pod", name, "--grace-period=0", "--force", "--wait=false");
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.anotherLeads(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.REPLACED;
    }
}
