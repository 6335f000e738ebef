package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;

/** The one port of all Services. */
final class Ports {

    private Ports() {}

    static ServicePort postgresql() {
        return new ServicePortBuilder()
                .withName(Blueprint.PORT_NAME)
                .withPort(Blueprint.PORT)
                .withProtocol("TCP")
                .withTargetPort(new IntOrString(Blueprint.PORT_NAME))
                .build();
    }
}
