package dev.matriarch.observe;

import dev.matriarch.decide.Names;
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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
        Set<String> present =
                objects.pods().stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
        return objects.statefulSet()
                .filter(set -> present.size() < set.getSpec().getReplicas())
                .flatMap(set -> lastFailure(events(set), present, clock.instant())
                        .map(message -> "spec.pod: a Pod cannot be made: " + message)
                        .or(() -> inTheWay(set, present)));
    }

    /** A Pod of somebody else that has the name of a missing one: of that the StatefulSet's controller says nothing. */
    private Optional<String> inTheWay(StatefulSet set, Set<String> present) {
        return IntStream.range(0, set.getSpec().getReplicas())
                .mapToObj(ordinal -> Names.instance(set.getMetadata().getName(), ordinal))
                .filter(name -> !present.contains(name) && isInTheWay(set, name))
                .findFirst()
                .map(
                        name -> "Pod " + name
                                + " exists already and is not of this cluster, so its instance cannot be made. Delete it, or give the PgCluster another name.");
    }

    private boolean isInTheWay(StatefulSet set, String name) {
        try {
            Pod pod = client.pods()
                    .inNamespace(set.getMetadata().getNamespace())
                    .withName(name)
                    .get();
            return pod != null
                    && pod.getMetadata().getDeletionTimestamp() == null
                    && pod.getMetadata().getOwnerReferences().stream().noneMatch(owner -> owner.getUid()
                            .equals(set.getMetadata().getUid()));
        } catch (KubernetesClientException e) {
            return false;
        }
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
