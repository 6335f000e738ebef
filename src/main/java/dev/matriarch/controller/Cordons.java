package dev.matriarch.controller;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Which nodes are cordoned. Each is asked about when a request is new, so that whoever cordons a node and asks then is understood, and again after some seconds for as long
 * as the request is being prepared. An informer would hold all nodes of the Kubernetes for something that is wanted once in a month, and need to be allowed to.
 */
@ApplicationScoped
public class Cordons {

    private static final Logger LOG = Logger.getLogger(Cordons.class);

    /** How old an answer may be. */
    static final Duration AGE = Duration.ofSeconds(5);

    private final Map<ResourceID, Answers> answers = new ConcurrentHashMap<>();
    private final Predicate<String> asked;
    private final LongSupplier nanos;

    /** What was answered for a request, and when the first of it. */
    private record Answers(String request, long since, Map<String, Boolean> nodes) {}

    @Inject
    Cordons(KubernetesClient client) {
        this(name -> isCordoned(name, client), System::nanoTime);
    }

    Cordons(Predicate<String> asked, LongSupplier nanos) {
        this.asked = asked;
        this.nanos = nanos;
    }

    /**
     * Whether a node is cordoned. Where nodes may not be read, as with the permissions of one namespace, none is known to be.
     *
     * @param request identity of the PgSwitchover; empty: the operator's own wish
     */
    boolean has(ResourceID cluster, String request, String node) {
        long now = nanos.getAsLong();
        return answers.compute(
                        cluster,
                        (id, known) ->
                                known != null && known.request().equals(request) && now - known.since() < AGE.toNanos()
                                        ? known
                                        : new Answers(request, now, new ConcurrentHashMap<>()))
                .nodes()
                .computeIfAbsent(node, asked::test);
    }

    /** Forgets what was answered: nobody asks for this cluster, or it is gone. */
    void forget(ResourceID cluster) {
        answers.remove(cluster);
    }

    private static boolean isCordoned(String name, KubernetesClient client) {
        try {
            Node node = client.nodes().withName(name).get();
            return node != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        } catch (KubernetesClientException e) {
            LOG.debugf("Node %s cannot be read: %s", name, e.getMessage());
            return false;
        }
    }
}
