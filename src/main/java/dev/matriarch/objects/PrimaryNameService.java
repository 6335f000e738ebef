package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** {@code orders}: headless, the primary by label, for DNS and {@code kubectl port-forward svc/orders}. kube-proxy ignores it. */
public final class PrimaryNameService {

    private PrimaryNameService() {}

    public static Service build(Blueprint blueprint) {
        return new ServiceBuilder()
                .withMetadata(blueprint.owned(blueprint.name()))
                .withNewSpec()
                .withType("ClusterIP")
                .withClusterIP("None")
                .withSelector(Labels.selector(blueprint.name(), "primary"))
                .withPorts(Ports.postgresql())
                .endSpec()
                .build();
    }
}
