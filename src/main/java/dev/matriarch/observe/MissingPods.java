package dev.matriarch.observe;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.Optional;

/** Why a StatefulSet does not make its Pods: a quota, Pod Security, something in the template. Only its Events tell. */
@ApplicationScoped
public class MissingPods {

    private static final int LIMIT = 300;

    private final KubernetesClient client;

    MissingPods(KubernetesClient client) {
        this.client = client;
    }

    /** The reason, in Kubernetes' words, with the field of the spec that is about it; empty when all Pods are there or nothing is known. */
    public Optional<String> reason(OwnObjects objects) {
        Optional<StatefulSet> lacking = objects.statefulSet()
                .filter(set -> objects.pods().size() < set.getSpec().getReplicas());
        return lacking.flatMap(this::lastFailure).map(message -> "spec.pod: a Pod cannot be made: " + message);
    }

    private Optional<String> lastFailure(StatefulSet set) {
        try {
            return client
                    .v1()
                    .events()
                    .inNamespace(set.getMetadata().getNamespace())
                    .withField("involvedObject.uid", set.getMetadata().getUid())
                    .withField("reason", "FailedCreate")
                    .list()
                    .getItems()
                    .stream()
                    .filter(event -> event.getMessage() != null)
                    .max(Comparator.comparing(MissingPods::time))
                    .map(event -> event.getMessage().length() > LIMIT
                            ? event.getMessage().substring(0, LIMIT) + "…"
                            : event.getMessage());
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    private static String time(Event event) {
        return event.getLastTimestamp() == null ? "" : event.getLastTimestamp();
    }
}
