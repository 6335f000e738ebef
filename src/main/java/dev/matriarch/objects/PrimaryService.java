package dev.matriarch.objects;

import dev.matriarch.api.Services.Options;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/**
 * {@code orders-primary}: writes. It has no selector: the operator writes its EndpointSlice in one update, because kube-proxy takes changes
 * at most once a second and a selector would need two.
 */
public final class PrimaryService {

    private PrimaryService() {}

    public static Service build(Blueprint blueprint) {
        Options options = blueprint.spec().services().primary();
        return new ServiceBuilder()
                .withMetadata(blueprint.owned(ObjectNames.primary(blueprint.name()), options.annotations()))
                .withNewSpec()
                .withType(options.type().name())
                .addNewPort()
                .withName(Blueprint.PORT_NAME)
                .withPort(Blueprint.PORT)
                .withProtocol("TCP")
                .withTargetPort(new IntOrString(Blueprint.PORT))
                .endPort()
                .endSpec()
                .build();
    }
}
