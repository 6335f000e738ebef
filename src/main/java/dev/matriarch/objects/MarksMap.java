package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;

/** {@code orders-marks}: the marks of instances that share a claim. It is kept, like the claim. */
public final class MarksMap {

    private MarksMap() {}

    public static ConfigMap build(Blueprint blueprint, Map<String, String> marks) {
        return new ConfigMapBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName(ObjectNames.marks(blueprint.name()))
                        .withNamespace(blueprint.namespace())
                        .withLabels(Labels.of(blueprint.name()))
                        .build())
                .withData(marks)
                .build();
    }
}
