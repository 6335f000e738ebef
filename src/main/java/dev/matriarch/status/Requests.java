package dev.matriarch.status;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;

/**
 * For how long the API server is waited for by who looks after a cluster meanwhile. The client's own limits are for lists of everything: with them a single write to one
 * that takes requests and answers none is tried for two minutes, and what was lost on the way keeps a failover waiting long after the API server is well.
 */
public final class Requests {

    private static final RequestConfig SOON = new RequestConfigBuilder()
            .withRequestTimeout(4_000)
            .withRequestRetryBackoffLimit(3)
            .build();

    private Requests() {}

    /** The same client for single objects: it waits four seconds for an answer, and tries it four times. */
    public static KubernetesClient soon(KubernetesClient client) {
        return client.newClient(SOON).adapt(KubernetesClient.class);
    }
}
