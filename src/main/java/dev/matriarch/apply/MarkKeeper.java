package dev.matriarch.apply;

import dev.matriarch.decide.Mark;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.MarksMap;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.observe.Marks;
import dev.matriarch.observe.Memories;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.Requests;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.TreeMap;

/** Writes marks beside the data: an annotation of the volume claim, or an entry of a ConfigMap that is kept where all instances share a claim. */
@ApplicationScoped
public class MarkKeeper {

    private static final String MANAGER = Labels.MATRIARCH + "-mark";

    private final KubernetesClient client;
    private final Memories memories;

    MarkKeeper(KubernetesClient client, Memories memories) {
        this.client = Requests.soon(client);
        this.memories = memories;
    }

    /**
     * Writes a mark.
     *
     * @throws StepFailedException when a later one stands there, so that an operator that has slept never takes it back, or there is no claim
     */
    void write(OwnObjects objects, Blueprint blueprint, String instance, Mark mark) {
        if (blueprint.sharesClaim()) {
            writeToMap(objects, blueprint, instance, mark);
        } else {
            writeToClaim(objects, instance, mark);
        }
    }

    private void writeToMap(OwnObjects objects, Blueprint blueprint, String instance, Mark mark) {
        ConfigMap present = client.configMaps()
                .inNamespace(objects.namespace())
                .withName(ObjectNames.marks(objects.name()))
                .get();
        Map<String, String> marks = new TreeMap<>();
        if (present != null && present.getData() != null) {
            marks.putAll(present.getData());
        }
        refuseIfOlder(instance, marks.get(instance), mark);
        marks.put(instance, Marks.write(mark));
        ConfigMap wanted = MarksMap.build(blueprint, marks);
        if (present != null) {
            wanted.getMetadata().setResourceVersion(present.getMetadata().getResourceVersion());
        }
        ConfigMap written =
                client.resource(wanted).fieldManager(MANAGER).forceConflicts().serverSideApply();
        memories.marked(objects.cluster(), instance, written.getMetadata(), mark);
    }

    private void writeToClaim(OwnObjects objects, String instance, Mark mark) {
        PersistentVolumeClaim present = client.persistentVolumeClaims()
                .inNamespace(objects.namespace())
                .withName(ObjectNames.claim(instance))
                .get();
        if (present == null) {
            throw new StepFailedException(instance + " has no volume claim to be marked", null);
        }
        Map<String, String> annotations = present.getMetadata().getAnnotations();
        refuseIfOlder(instance, annotations == null ? null : annotations.get(Labels.MARK), mark);
        PersistentVolumeClaim patch = new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(ObjectNames.claim(instance))
                .withNamespace(objects.namespace())
                .withResourceVersion(present.getMetadata().getResourceVersion())
                // A claim that somebody else has made, or that has lost its label, is in no cache, nor is its mark.
                .addToLabels(Labels.of(objects.name()))
                .addToAnnotations(Labels.MARK, Marks.write(mark))
                .endMetadata()
                .build();
        PersistentVolumeClaim written =
                client.resource(patch).fieldManager(MANAGER).forceConflicts().serverSideApply();
        memories.marked(objects.cluster(), instance, written.getMetadata(), mark);
    }

    private static void refuseIfOlder(String instance, String present, Mark mark) {
        if (Marks.read(present).filter(later -> !mark.isAtLeast(later)).isPresent()) {
            throw new StepFailedException(instance + " bears a later mark", null);
        }
    }
}
