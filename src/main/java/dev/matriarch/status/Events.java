package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jboss.logging.Logger;

/** Writes Events, and the same line to the log. One that cannot be written is only logged: nothing depends on it. */
@ApplicationScoped
public class Events {

    private static final Logger LOG = Logger.getLogger(Events.class);
    private static final int MESSAGE_LIMIT = 1000;

    private final KubernetesClient client;

    Events(KubernetesClient client) {
        this.client = client;
    }

    /** Tells something about a cluster. */
    public void tell(PgCluster cluster, EventReason reason, String message) {
        String name = cluster.getMetadata().getName();
        String namespace = cluster.getMetadata().getNamespace();
        LOG.infof("%s/%s %s: %s", namespace, name, reason, message);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(name + ".")
                            .withNamespace(namespace)
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion(cluster.getApiVersion())
                            .withKind(cluster.getKind())
                            .withName(name)
                            .withNamespace(namespace)
                            .withUid(cluster.getMetadata().getUid())
                            .endInvolvedObject()
                            .withType(reason.type())
                            .withReason(reason.name())
                            .withMessage(
                                    message.length() > MESSAGE_LIMIT ? message.substring(0, MESSAGE_LIMIT) : message)
                            .withNewSource()
                            .withComponent("matriarch")
                            .endSource()
                            .withReportingComponent("matriarch")
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.debugf("Event not written: %s", e.getMessage());
        }
    }
}
