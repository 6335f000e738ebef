package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import jakarta.enterprise.context.ApplicationScoped;

/** Has a cluster looked at now, for reasons that are not in Kubernetes. */
@ApplicationScoped
public class Waker {

    private final SimpleInboundEventSource<PgCluster> source = new SimpleInboundEventSource<>("watched-primaries");

    EventSource<?, PgCluster> source() {
        return source;
    }

    /** Looks at it as soon as it is not being looked at any more. */
    public void wake(ResourceID cluster) {
        source.propagateEvent(cluster);
    }
}
