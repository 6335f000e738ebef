package dev.matriarch.objects;

import dev.matriarch.api.Services.Options;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** {@code orders-replicas}: reads, from the standbys that stream. */
public final class ReplicasService {

    private ReplicasService() {}

    public static Service build(Blueprint blueprint) {
        Options options = blueprint.spec().services().replicas();
        return new ServiceBuilder()
                .withMetadata(blueprint.owned(ObjectNames.replicas(blueprint.name()), options.annotations()))
                .withNewSpec()
                .withType(options.type().name())
                .withSelector(Labels.selector(blueprint.name(), "replica"))
                .withPorts(Ports.postgresql())
                .endSpec()
                .build();
    }
}
