package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Protocol;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Reads what is recorded at this moment: from the API server, which asks its store, and not from a cache. */
@ApplicationScoped
public class RecordReader {

    private static final Logger LOG = Logger.getLogger(RecordReader.class);

    private static final RequestConfig BRIEFLY = new RequestConfigBuilder()
            .withRequestTimeout(2_000)
            .withRequestRetryBackoffLimit(0)
            .build();

    private final KubernetesClient brief;

    RecordReader(KubernetesClient client) {
        brief = client.newClient(BRIEFLY).adapt(KubernetesClient.class);
    }

    /** The record of this very PgCluster; empty when it is gone, or the API server does not say. */
    public Optional<Protocol> now(PgCluster cluster) {
        try {
            return Optional.ofNullable(brief.resources(PgCluster.class)
                            .inNamespace(cluster.getMetadata().getNamespace())
                            .withName(cluster.getMetadata().getName())
                            .get())
                    .filter(read -> read.getMetadata()
                            .getUid()
                            .equals(cluster.getMetadata().getUid()))
                    .map(read -> ProtocolStatus.read(read.getStatus()));
        } catch (KubernetesClientException e) {
            LOG.debugf("No record of %s: %s", cluster.getMetadata().getName(), e.getMessage());
            return Optional.empty();
        }
    }
}
