package dev.matriarch.apply;

import dev.matriarch.objects.Labels;
import dev.matriarch.observe.MissingPods;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Gives Pods back the label by which they belong to their cluster. Without it the StatefulSet lets a Pod go and cannot make another of its name, no Service leads to it, and nobody
 * here sees it, while its PostgreSQL runs on. With it the StatefulSet takes it back, as it is.
 */
@ApplicationScoped
public class LabelKeeper {

    private final MissingPods missing;
    private final PodAnnotator pods;
    private final Events events;

    LabelKeeper(MissingPods missing, PodAnnotator pods, Events events) {
        this.missing = missing;
        this.pods = pods;
        this.events = events;
    }

    /** Does so with each that lacks it. */
    public void keep(OwnObjects objects) {
        for (Pod each : missing.withoutLabel(objects)) {
            String name = each.getMetadata().getName();
            pods.takeBack(objects, name, each.getMetadata().getUid());
            events.tell(
                    objects.cluster(),
                    EventReason.Restored,
                    "Pod " + name + " had lost its label " + Labels.CLUSTER + " and was given it again.");
        }
    }
}
