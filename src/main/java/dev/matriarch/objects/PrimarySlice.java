package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;

/** The EndpointSlice of {@code orders-primary}: the primary's address, or none before there was one. */
public final class PrimarySlice {

    private PrimarySlice() {}

    public static EndpointSlice build(Blueprint blueprint) {
        ObjectMeta metadata = blueprint.owned(ObjectNames.primary(blueprint.name()));
        metadata.getLabels().put("kubernetes.io/service-name", ObjectNames.primary(blueprint.name()));
        metadata.getLabels().put("endpointslice.kubernetes.io/managed-by", Labels.MATRIARCH);
        EndpointSliceBuilder slice = new EndpointSliceBuilder()
                .withMetadata(metadata)
                .withAddressType(
                        blueprint.route().filter(ip -> ip.contains(":")).isPresent() ? "IPv6" : "IPv4")
                .addNewPort()
                .withName(Blueprint.PORT_NAME)
                .withPort(Blueprint.PORT)
                .withProtocol("TCP")
                .endPort();
        blueprint.route().ifPresent(address -> slice.addNewEndpoint()
                .withAddresses(address)
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint());
        return slice.build();
    }
}
