package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Writes Events, and the same line to the log. One that cannot be written is only logged: nothing depends on it. */
@ApplicationScoped
public class Events {

    private static final Logger LOG = Logger.getLogger(Events.class);
    private static final int QUEUE = 1_000;

    private static final int MESSAGE_LIMIT = 1000;

    private final KubernetesClient client;

    /** One thread, so that they are written in their order; when the API server does not take them, the newest are dropped. */
    private final ThreadPoolExecutor writing = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
                Thread thread = new Thread(task, "events");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    Events(KubernetesClient client) {
        this.client = client;
    }

    /** Tells something about a cluster: in the log at once, as an Event as soon as the API server takes it, which nobody waits for. */
    public void tell(PgCluster cluster, EventReason reason, String message) {
        LOG.infof(
                "%s/%s %s: %s",
                cluster.getMetadata().getNamespace(), cluster.getMetadata().getName(), reason, message);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        writing.execute(() -> write(cluster, reason, message, now));
    }

    @PreDestroy
    void stop() throws InterruptedException {
        writing.shutdown();
        writing.awaitTermination(1, TimeUnit.SECONDS);
    }

    private void write(PgCluster cluster, EventReason reason, String message, String now) {
        String name = cluster.getMetadata().getName();
        String namespace = cluster.getMetadata().getNamespace();
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
