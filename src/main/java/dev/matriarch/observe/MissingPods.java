package dev.matriarch.observe;

import dev.matriarch.decide.Names;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.ObjectNames;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Why a StatefulSet does not make its Pods: a quota, Pod Security, something in the template, of which only its Events tell; or a Pod of that name that is there. */
@ApplicationScoped
public class MissingPods {

    private static final int LIMIT = 300;

    /** Kubernetes tries again after 1000 s at the latest. What is older than that, and some, did not happen at the last try. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(20);

    /** Of a Pod, or of its claim. */
    private static final Pattern POD = Pattern.compile("\\bPod (\\S+) in StatefulSet\\b");

    private final KubernetesClient client;
    private final Clock clock;

    MissingPods(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** The reason, in Kubernetes' words, with the field of the spec that is about it; empty when all Pods are there or nothing is known. */
    public Optional<String> reason(OwnObjects objects) {
        Set<String> present = names(objects.pods());
        return objects.statefulSet()
                .filter(set -> present.size() < set.getSpec().getReplicas())
                .flatMap(set -> lastFailure(events(set), present, clock.instant())
                        .map(message -> "spec.pod: a Pod cannot be made: " + message)
                        .or(() -> inTheWay(set, present)));
    }

    /** Pods of this cluster that lack its label, as the API server has them now: no cache shows them. One of somebody else that has such a name is none. */
    public List<Pod> withoutLabel(OwnObjects objects) {
        return objects.statefulSet().stream()
                .flatMap(set -> unseen(set, names(objects.pods())))
                .filter(pod -> isOfClusterButForItsLabel(pod, objects.name()))
                .toList();
    }

    /**
     * Whether it was made for this cluster and lost nothing but the label of it. Its StatefulSet, which has let it go, had given it the other labels, its host name, and the Service
     * of its domain.
     */
    static boolean isOfClusterButForItsLabel(Pod pod, String cluster) {
        Map<String, String> expected = new TreeMap<>(Labels.of(cluster));
        expected.remove(Labels.CLUSTER);
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null
                && !labels.containsKey(Labels.CLUSTER)
                && labels.entrySet().containsAll(expected.entrySet())
                && pod.getMetadata().getOwnerReferences().isEmpty()
                && pod.getMetadata().getName().equals(pod.getSpec().getHostname())
                && ObjectNames.pods(cluster).equals(pod.getSpec().getSubdomain());
    }

    /** A Pod of somebody else that has the name of a missing one: of that the StatefulSet's controller says nothing. */
    private Optional<String> inTheWay(StatefulSet set, Set<String> present) {
        String cluster = set.getMetadata().getName();
        return unseen(set, present)
                .filter(pod -> pod.getMetadata().getOwnerReferences().stream().noneMatch(owner -> owner.getUid()
                        .equals(set.getMetadata().getUid())))
                .filter(pod -> pod.getMetadata().getLabels() == null
                        || !cluster.equals(pod.getMetadata().getLabels().get(Labels.CLUSTER))) // it is taken back
                .findFirst()
                .map(
                        pod -> "Pod " + pod.getMetadata().getName()
                                + " exists already and is not of this cluster, so its instance cannot be made. Delete it, or give the PgCluster another name.");
    }

    /** Pods that are there under the name of one that is missing. */
    private Stream<Pod> unseen(StatefulSet set, Set<String> present) {
        return IntStream.range(0, set.getSpec().getReplicas())
                .mapToObj(ordinal -> Names.instance(set.getMetadata().getName(), ordinal))
                .filter(name -> !present.contains(name))
                .map(name -> read(set.getMetadata().getNamespace(), name))
                .flatMap(Optional::stream)
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null);
    }

    private Optional<Pod> read(String namespace, String name) {
        try {
            return Optional.ofNullable(
                    client.pods().inNamespace(namespace).withName(name).get());
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    private static Set<String> names(List<Pod> pods) {
        return pods.stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
    }

    private List<Event> events(StatefulSet set) {
        try {
            return client.v1()
                    .events()
                    .inNamespace(set.getMetadata().getNamespace())
                    .withField("involvedObject.uid", set.getMetadata().getUid())
                    .list()
                    .getItems();
        } catch (KubernetesClientException e) {
            return List.of();
        }
    }

    /** What the last try to make a Pod that is not there ended with. An Event outlives its cause by an hour: one is over when the Pod was made since. */
    static Optional<String> lastFailure(List<Event> events, Set<String> present, Instant now) {
        return events.stream()
                .filter(event -> event.getMessage() != null && "FailedCreate".equals(event.getReason()))
                .filter(event -> time(event).isAfter(now.minus(LONGEST_PAUSE)))
                .filter(event -> !present.contains(pod(event)))
                .filter(event -> events.stream().noneMatch(other -> isSuccess(other, event)))
                .max(Comparator.comparing(MissingPods::time))
                .map(Event::getMessage)
                .map(message -> message.length() > LIMIT ? message.substring(0, LIMIT) + "…" : message);
    }

    /** Whether an Event says that the same Pod was made after all; a claim that was made is not enough. */
    private static boolean isSuccess(Event event, Event failure) {
        return "SuccessfulCreate".equals(event.getReason())
                && event.getMessage() != null
                && event.getMessage().startsWith("create Pod ")
                && pod(event).equals(pod(failure))
                && !time(event).isBefore(time(failure));
    }

    private static String pod(Event event) {
        Matcher matcher = POD.matcher(event.getMessage());
        return matcher.find() ? matcher.group(1) : "";
    }

    private static Instant time(Event event) {
        String text = event.getLastTimestamp() != null || event.getEventTime() == null
                ? event.getLastTimestamp()
                : event.getEventTime().getTime();
        try {
            return text == null ? Instant.EPOCH : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
