package dev.matriarch.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.decide.Instance.Report;
import dev.matriarch.decide.Instance.Stopped;
import dev.matriarch.decide.Lsn;
import dev.matriarch.objects.InstancePod;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/** What a supervisor said last, from the end of its Pod's log. */
@ApplicationScoped
public class Reports {

    private static final Logger LOG = Logger.getLogger(Reports.class);

    /** A waiting supervisor repeats its report; among so many lines there is one, unless PostgreSQL is very talkative. */
    private static final int LINES = 200;

    private static final String PREFIX = "matriarch {";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A log comes through the kubelet. That of a dead node never comes, and what else is seen must not wait for it. */
    private static final RequestConfig BRIEFLY = new RequestConfigBuilder()
            .withRequestTimeout(1_000)
            .withRequestRetryBackoffLimit(0)
            .build();

    /** How old a report may be while clients wait for a primary: a log goes a long way. */
    static final Duration IN_A_HURRY = Duration.ofSeconds(1);

    /** How old one may be otherwise: a cluster that is being made is looked at many times a second, and a log goes through the API server and a kubelet. */
    static final Duration AT_LEISURE = Duration.ofMillis(250);

    private static final int REMEMBERED = 1_000;

    private final KubernetesClient brief;

    /** What was said last, by the Pod's identity. */
    private final LruMap<Said> said = new LruMap<>(REMEMBERED);

    /** Pods whose log is being read, and nobody waits for it. */
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    private record Said(Optional<Report> report, long nanos) {}

    Reports(KubernetesClient client) {
        brief = client.newClient(BRIEFLY).adapt(KubernetesClient.class);
    }

    /** The last report of a Pod's supervisor; empty when there is none or the log cannot be had. */
    public Optional<Report> last(Pod pod) {
        Optional<Report> report = last(pod, Set.of());
        said.put(pod.getMetadata().getUid(), new Said(report, System.nanoTime()));
        return report;
    }

    /** Begins to read the log, for {@link #recent}. */
    void prepare(Pod pod, Executor executor) {
        String uid = pod.getMetadata().getUid();
        if (underWay.add(uid)) {
            executor.execute(() -> {
                try {
                    last(pod);
                } finally {
                    underWay.remove(uid);
                }
            });
        }
    }

    /**
     * The last report, or what it was a moment ago: a supervisor is not heard at once anyway. Empty while the log is being read that was
     * {@linkplain #prepare prepared}.
     *
     * @param age how old it may be
     */
    Optional<Report> recent(Pod pod, Duration age) {
        if (underWay.contains(pod.getMetadata().getUid())) {
            return Optional.empty();
        }
        return said.get(pod.getMetadata().getUid())
                .filter(before -> System.nanoTime() - before.nanos() < age.toNanos())
                .map(Said::report)
                .orElseGet(() -> last(pod));
    }

    /** The last report with one of these steps; with any step when there are none. */
    Optional<Report> last(Pod pod, Set<String> steps) {
        try {
            // Not getLog(), which first lists and watches the Pod until it is ready: one that has something to report
            // seldom is.
            String log = brief.raw("/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                    + pod.getMetadata().getName() + "/log?container=" + InstancePod.CONTAINER + "&tailLines=" + LINES);
            return lastIn(log == null ? "" : log, steps);
        } catch (KubernetesClientException e) {
            LOG.debugf("No log of %s: %s", pod.getMetadata().getName(), e.getMessage());
            return Optional.empty();
        }
    }

    /** What its control file says. A position that cannot be read is no position: a line in a log must not keep a cluster from being looked at. */
    private static Optional<Stopped> stopped(JsonNode node) {
        String state = node.path("state").asText();
        String lsn = node.path("lsn").asText();
        if (state.isEmpty() || lsn.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Stopped(
                    node.path("systemIdentifier").asText(),
                    state,
                    node.path("timeline").asLong(),
                    Lsn.parse(lsn)));
        } catch (IllegalArgumentException e) {
            LOG.debugf("Not a position: %s", lsn);
            return Optional.empty();
        }
    }

    static Optional<Report> lastIn(String log, Set<String> steps) {
        String[] lines = log.split("\n");
        for (int i = lines.length - 1; i >= 0; i--) {
            if (lines[i].startsWith(PREFIX)) {
                try {
                    JsonNode node = JSON.readTree(lines[i].substring(PREFIX.length() - 1));
                    if (!steps.isEmpty() && !steps.contains(node.path("step").asText())) {
                        continue;
                    }
                    return Optional.of(new Report(
                            node.path("step").asText(),
                            node.path("deed").asText(),
                            node.path("epoch").asLong(),
                            node.path("volume").asText(),
                            node.path("reason").asText(),
                            node.path("message").asText(),
                            stopped(node)));
                } catch (JsonProcessingException e) {
                    LOG.debugf("Not a report: %s", lines[i]);
                }
            }
        }
        return Optional.empty();
    }
}
