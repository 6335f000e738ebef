package dev.matriarch.status;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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

    /** How long after it is told one is written: while clients wait for a primary, the API server has more urgent things to write. */
    private static final Duration LATER = Duration.ofSeconds(1);

    /** How often one is tried that the API server does not take, and how long after each try. */
    private static final int TRIES = 3;

    private static final Duration AGAIN = Duration.ofSeconds(5);

    /** One thread, so that they are written in their order; when the API server does not take them, the newest are dropped. */
    private final ScheduledThreadPoolExecutor writing = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "events");
        thread.setDaemon(true);
        return thread;
    });

    Events(KubernetesClient client) {
        this.client = client;
        writing.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // told while the operator ends
    }

    /** Tells something about a resource: in the log at once, as an Event as soon as the API server takes it, which nobody waits for. */
    public void tell(HasMetadata resource, EventReason reason, String message) {
        LOG.infof(
                "%s/%s %s: %s",
                resource.getMetadata().getNamespace(), resource.getMetadata().getName(), reason, message);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        if (writing.getQueue().size() < QUEUE) {
            writing.schedule(() -> write(resource, reason, message, now, 1), LATER.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        writing.shutdown();
        writing.awaitTermination(LATER.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    }

    private void write(HasMetadata resource, EventReason reason, String message, String now, int attempt) {
        String name = resource.getMetadata().getName();
        String namespace = resource.getMetadata().getNamespace();
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
                            .withApiVersion(resource.getApiVersion())
                            .withKind(resource.getKind())
                            .withName(name)
                            .withNamespace(namespace)
                            .withUid(resource.getMetadata().getUid())
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
            if (attempt < TRIES && isOfTheMoment(e) && writing.getQueue().size() < QUEUE) {
                writing.schedule(
                        () -> write(resource, reason, message, now, attempt + 1),
                        AGAIN.toMillis(),
                        TimeUnit.MILLISECONDS);
            }
        }
    }

    /** No answer, or one of a server that is busy. In a namespace that is being deleted, for one, none is taken any more. */
    private static boolean isOfTheMoment(KubernetesClientException failure) {
        return failure.getCode() <= 0 || failure.getCode() == 429 || failure.getCode() >= 500;
    }
}
