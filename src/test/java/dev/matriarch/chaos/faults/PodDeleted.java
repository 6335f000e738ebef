package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.chaos.Situation.Part;
import java.time.Duration;
import java.util.List;

/** Somebody deletes a Pod, politely or with no grace. */
public record PodDeleted(Part part, boolean grace) implements Fault {

    @Override
    public String name() {
        return part + "-pod-deleted" + (grace ? "" : "-grace-0");
    }

    @Override
    public Injury inject(Situation situation) {
        int instance = situation.one(part);
        Injury injury = Injury.once(situation.name(instance), situation.anotherPod(instance));
        if (grace) {
            situation.kubectl().does("delete", "pod", situation.name(instance), "--wait=false");
        } else {
            situation
                    .kubectl()
                    .does("delete", "pod", situation.name(instance), "--grace-period=0", "--force", "--wait=false");
        }
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return part == Part.STANDBY ? Requirements.noFailover(aftermath) : Requirements.anotherLeads(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return part == Part.STANDBY ? Requirements.STUTTER : Requirements.REPLACED;
    }
}
