package dev.matriarch.apply;

import dev.matriarch.decide.Assignment;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Observation;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.observe.StaleConfigurations;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Sees to it that what an instance was told reaches it.
 *
 * <p>The kubelet writes a changed annotation into the Pod's file within a second. Once in some fifty failovers it was seen to do so only with its next full look at the Pod, 83 s later; and
 * where a ConfigMap has changed, that is to be expected whenever it learns of the Pod's change before the ConfigMap's. Any change of the Pod makes it look at once. So a Pod whose instance
 * does not show that it has taken what it was told is changed, a few times and ever more seldom: by the last one the kubelet has looked by itself, and the reason
 * is another.
 */
@ApplicationScoped
public class Reminders {

    private static final Logger LOG = Logger.getLogger(Reminders.class);

    /** How long after it was first seen that something was not taken. */
    private static final List<Duration> AFTER = List.of(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(40));

    private final PodAnnotator pods;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Map<ResourceID, Map<String, Untaken>> untaken = new ConcurrentHashMap<>();

    /** What a Pod was told and has not taken, since when, and how often it was reminded of it. */
    private record Untaken(String words, long since, int reminded) {}

    @Inject
    Reminders(PodAnnotator pods, Clock clock) {
        this(pods, clock, System::nanoTime);
    }

    Reminders(PodAnnotator pods, Clock clock, LongSupplier nanos) {
        this.pods = pods;
        this.clock = clock;
        this.nanos = nanos;
    }

    /**
     * Reminds those that need it now. What cannot be written now counts as one of the times: the next one comes.
     *
     * @param configuration the digest of the one that they are to have
     */
    public void remind(OwnObjects objects, Observation seen, Optional<String> configuration) {
        ResourceID id = ResourceID.fromResource(objects.cluster());
        Map<String, String> words = new HashMap<>();
        seen.instances().stream().filter(Instance::hasLivePod).forEach(each -> notTaken(each, configuration)
                .ifPresent(told -> words.put(each.pod().get().uid(), told)));
        List<String> due = due(id, words);
        for (Instance each : seen.instances()) {
            if (each.hasLivePod() && due.contains(each.pod().get().uid())) {
                LOG.infof(
                        "%s/%s: does not show that it has taken what it was told; its kubelet is reminded",
                        objects.namespace(), each.name());
                try {
                    pods.remind(objects, each.name(), each.pod().get().uid(), clock.instant());
                } catch (KubernetesClientException e) {
                    LOG.debugf("%s/%s: not reminded: %s", objects.namespace(), each.name(), e.getMessage());
                }
            }
        }
    }

    /** What an instance was told and does not show to have taken: its assignment, or else the configuration. */
    static Optional<String> notTaken(Instance instance, Optional<String> configuration) {
        Optional<Assignment> told = instance.pod().flatMap(Instance.Pod::assignment);
        if (told.filter(words -> !instance.hasTaken(words)).isPresent()) {
            return told.map(Assignment::toString);
        }
        return configuration.filter(wanted -> StaleConfigurations.isStale(instance, wanted));
    }

    /**
     * Whose turn it is to be reminded.
     *
     * @param words what was not taken, by the uid of the Pod
     */
    List<String> due(ResourceID cluster, Map<String, String> words) {
        if (words.isEmpty()) {
            untaken.remove(cluster);
            return List.of();
        }
        long now = nanos.getAsLong();
        Map<String, Untaken> before = untaken.getOrDefault(cluster, Map.of());
        Map<String, Untaken> after = new HashMap<>();
        List<String> due = new ArrayList<>();
        words.forEach((uid, told) -> {
            Untaken known = before.get(uid);
            Untaken present = known != null && known.words().equals(told) ? known : new Untaken(told, now, 0);
            if (present.reminded() < AFTER.size()
                    && now - present.since() >= AFTER.get(present.reminded()).toNanos()) {
                due.add(uid);
                present = new Untaken(told, present.since(), present.reminded() + 1);
            }
            after.put(uid, present);
        });
        untaken.put(cluster, Map.copyOf(after));
        return due;
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        untaken.remove(cluster);
    }
}
