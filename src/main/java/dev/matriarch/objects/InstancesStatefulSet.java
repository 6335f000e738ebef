package dev.matriarch.objects;

import dev.matriarch.api.Storage;
import dev.matriarch.api.Storage.Retention;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;

/**
 * {@code orders}: Pods and volumes of the instances. Pods start together, and none is replaced by Kubernetes because the template changed: the
 * operator decides which instance restarts when.
 */
public final class InstancesStatefulSet {

    private InstancesStatefulSet() {}

    public static StatefulSet build(Blueprint blueprint) {
        boolean delete = blueprint.spec().storage().retention() == Retention.Delete;
        StatefulSetBuilder set = new StatefulSetBuilder()
                .withMetadata(blueprint.owned(blueprint.name()))
                .withNewSpec()
                .withReplicas(blueprint.replicas())
                .withServiceName(ObjectNames.pods(blueprint.name()))
                .withPodManagementPolicy("Parallel")
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withRevisionHistoryLimit(3)
                .withNewPersistentVolumeClaimRetentionPolicy()
                .withWhenDeleted(delete ? "Delete" : "Retain")
                .withWhenScaled("Retain")
                .endPersistentVolumeClaimRetentionPolicy()
                .withNewSelector()
                .withMatchLabels(Labels.selector(blueprint.name()))
                .endSelector()
                .withTemplate(InstancePod.template(blueprint))
                .endSpec();
        if (!blueprint.sharesClaim()) {
            set.editSpec().withVolumeClaimTemplates(claim(blueprint)).endSpec();
        }
        return set.build();
    }

    private static PersistentVolumeClaim claim(Blueprint blueprint) {
        Storage storage = blueprint.spec().storage();
        ObjectMeta metadata = new ObjectMeta();
        metadata.setName("data");
        metadata.setLabels(Labels.of(blueprint.name()));
        return new PersistentVolumeClaimBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                .withAccessModes(storage.accessModes().stream().map(Enum::name).toList())
                .withStorageClassName(storage.storageClassName())
                .withNewResources()
                .addToRequests("storage", new Quantity(storage.size()))
                .endResources()
                .endSpec()
                .build();
    }
}
