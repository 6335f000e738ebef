package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** {@code orders-pods}: one DNS name and one SRV record per instance, ready or not, so that instances find each other before they are. */
public final class PodsService {

    private PodsService() {}

    public static Service build(Blueprint blueprint) {
        return new ServiceBuilder()
                .withMetadata(blueprint.owned(ObjectNames.pods(blueprint.name())))
                .withNewSpec()
                .withType("ClusterIP")
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(Labels.selector(blueprint.name()))
                .withPorts(Ports.postgresql())
                .endSpec()
                .build();
    }
}
