package dev.matriarch.apply;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.HttpURLConnection;
import java.util.Optional;

/** The Lease by which one of the replicas leads. With a client of its own, whose requests end soon and are not repeated by it: those of all others may hang. */
public final class Leases implements AutoCloseable {

    /** How long a request may take, in milliseconds: less than two seconds, which is what a renewal can wait for. */
    public static final int TIMEOUT_MILLIS = 1_900;

    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    /** The Lease of this name. */
    public Leases(Config config, KubernetesSerialization json, String namespace, String name) {
        this.client = new KubernetesClientBuilder()
                .withKubernetesSerialization(json)
                .withConfig(new ConfigBuilder(config)
                        .withRequestTimeout(TIMEOUT_MILLIS)
                        .withConnectionTimeout(TIMEOUT_MILLIS)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.namespace = namespace;
        this.name = name;
    }

    /** What there is. */
    public Optional<Lease> read() {
        return Optional.ofNullable(
                client.leases().inNamespace(namespace).withName(name).get());
    }

    /**
     * Makes it, or replaces the very version that it bears.
     *
     * @return what there is now; empty if somebody was faster
     */
    public Optional<Lease> write(Lease lease) {
        try {
            if (lease.getMetadata() == null || lease.getMetadata().getResourceVersion() == null) {
                return Optional.of(client.resource(new LeaseBuilder(lease)
                                .editOrNewMetadata()
                                .withNamespace(namespace)
                                .withName(name)
                                .endMetadata()
                                .build())
                        .create());
            }
            return Optional.of(client.resource(lease)
                    .lockResourceVersion(lease.getMetadata().getResourceVersion())
                    .update());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
