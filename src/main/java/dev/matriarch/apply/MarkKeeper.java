package dev.matriarch.apply;

import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.MarksMap;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.observe.OwnObjects;
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

    MarkKeeper(KubernetesClient client) {
        this.client = client;
    }

    void write(OwnObjects objects, Blueprint blueprint, String instance, String mark) {
        if (blueprint.sharesClaim()) {
            Map<String, String> marks = new TreeMap<>();
            objects.configMap(ObjectNames.marks(objects.name()))
                    .map(ConfigMap::getData)
                    .ifPresent(marks::putAll);
            ConfigMap fresh = client.configMaps()
                    .inNamespace(objects.namespace())
                    .withName(ObjectNames.marks(objects.name()))
                    .get();
            if (fresh != null && fresh.getData() != null) {
                marks.putAll(fresh.getData());
            }
            marks.put(instance, mark);
            client.resource(MarksMap.build(blueprint, marks))
                    .fieldManager(MANAGER)
                    .forceConflicts()
                    .serverSideApply();
            return;
        }
        PersistentVolumeClaim patch = new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(ObjectNames.claim(instance))
                .withNamespace(objects.namespace())
                .addToAnnotations(Labels.MARK, mark)
                .endMetadata()
                .build();
        client.resource(patch).fieldManager(MANAGER).forceConflicts().serverSideApply();
    }
}
