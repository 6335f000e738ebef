package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.time.Duration;
import java.util.List;

/** A standby comes back with an empty volume. It is copied from the primary, never the other way round. */
public final class VolumeEmptied implements Fault {

    @Override
    public String name() {
        return "standby-volume-emptied";
    }

    @Override
    public Injury inject(Situation situation) {
        int standby = situation.standby();
        Injury injury = Injury.once(situation.name(standby), situation.anotherPod(standby));
        situation
                .kubectl()
                .shell(
                        situation.name(standby),
                        "postgres",
                        "rm -rf /var/lib/matriarch/pgdata /var/lib/matriarch/matriarch; true");
        situation
                .kubectl()
                .does("delete", "pod", situation.name(standby), "--grace-period=0", "--force", "--wait=false");
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
