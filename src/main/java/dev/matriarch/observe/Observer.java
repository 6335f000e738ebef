package dev.matriarch.observe;

import dev.matriarch.decide.Assignment;
import dev.matriarch.decide.Assignment.Role;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Mark;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Protocol;
import dev.matriarch.objects.Encoding;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.postgres.Look;
import dev.matriarch.postgres.Server;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Takes the observation of a cluster. Instances are asked side by side, each within the timeouts of the pools. */
@ApplicationScoped
public class Observer {

    private static final Logger LOG = Logger.getLogger(Observer.class);

    /** Limit of all questions of one observation. */
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final Look look;
    private final Reach reach;
    private final Reports reports;
    private final PodTroubles troubles;
    private final Memories memories;
    private final ExecutorService asking = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "observe");
        thread.setDaemon(true);
        return thread;
    });

    Observer(Look look, Reach reach, Reports reports, PodTroubles troubles, Memories memories) {
        this.look = look;
        this.reach = reach;
        this.reports = reports;
        this.troubles = troubles;
        this.memories = memories;
    }

    /**
     * Observes.
     *
     * @param objects what the informers hold
     * @param protocol what the status records, at least as new as what this operator wrote last
     * @param now the time by the operator's clock
     */
    public Observation observe(OwnObjects objects, Protocol protocol, Instant now) {
        Map<String, Pod> pods = byInstance(objects.pods(), objects.name() + "-");
        Map<String, PersistentVolumeClaim> claims = byInstance(objects.claims(), "data-" + objects.name() + "-");
        Map<String, Mark> marks = marks(objects, claims);
        Set<String> names = new TreeSet<>(pods.keySet());
        names.addAll(claims.keySet());
        names.addAll(marks.keySet());
        String password = password(objects);
        Optional<String> revision = objects.statefulSet()
                .filter(set -> set.getStatus() != null)
                .map(set -> set.getStatus().getUpdateRevision());

        List<Instance> silent = new ArrayList<>();
        List<Callable<Instance>> questions = new ArrayList<>();
        for (String name : names) {
            Optional<Pod> pod = Optional.ofNullable(pods.get(name));
            Instance unasked = new Instance(
                    name,
                    pod.map(each -> view(each, revision)),
                    Optional.ofNullable(marks.get(name)),
                    Optional.empty(),
                    Optional.empty());
            silent.add(unasked);
            questions.add(() -> pod.map(each -> ask(unasked, each, Optional.ofNullable(claims.get(name)), password))
                    .orElse(unasked));
        }
        Observation seen = new Observation(
                protocol,
                answers(questions, silent),
                objects.statefulSet().map(set -> set.getSpec().getReplicas()).orElse(-1),
                route(objects),
                memories.of(objects.cluster()));
        // Only a primary that answers knows who is away.
        Set<String> absent = seen.primaryDatabase().isEmpty()
                ? Set.of()
                : seen.standbys().stream()
                        .filter(each -> !seen.streams(each))
                        .map(Instance::name)
                        .collect(Collectors.toSet());
        memories.absent(objects.cluster(), absent, now);
        return new Observation(
                seen.protocol(), seen.instances(), seen.replicas(), seen.route(), memories.of(objects.cluster()));
    }

    /** The server of an instance, for deeds; empty when it cannot be reached. */
    public Optional<Server> server(OwnObjects objects, String instance) {
        return objects.find(Pod.class, instance).flatMap(pod -> server(pod, password(objects)));
    }

    private Instance ask(Instance unasked, Pod pod, Optional<PersistentVolumeClaim> claim, String password) {
        if (!PodTroubles.runs(pod)) {
            return unasked.withTrouble(troubles.of(pod, claim)).withoutProcess();
        }
        Instance answer = server(pod, password)
                .flatMap(look::at)
                .map(unasked::withDatabase)
                .orElse(unasked);
        Instance asked =
                answer.withTrouble(troubles.ofRunning(pod, answer.database().isPresent()));
        return isTold(asked) ? asked : reports.last(pod).map(asked::withReport).orElse(asked);
    }

    /** Whether PostgreSQL has said all that matters: not, if it was to be copied and may be what was before the copy. */
    private static boolean isTold(Instance asked) {
        boolean copies = asked.pod()
                .flatMap(Instance.Pod::assignment)
                .filter(told -> told.deed() == Assignment.Deed.CLONE)
                .isPresent();
        return asked.database().isPresent()
                && (!copies || asked.database().get().receiving());
    }

    private static Instance.Pod view(Pod pod, Optional<String> revision) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        Map<String, String> labels = pod.getMetadata().getLabels();
        return new Instance.Pod(
                pod.getMetadata().getUid(),
                pod.getStatus() == null || pod.getStatus().getPodIP() == null
                        ? ""
                        : pod.getStatus().getPodIP(),
                pod.getSpec().getNodeName() == null ? "" : pod.getSpec().getNodeName(),
                pod.getMetadata().getDeletionTimestamp() != null,
                Assignments.read(annotations == null ? null : annotations.get(Labels.ASSIGNMENT)),
                role(labels == null ? null : labels.get(Labels.ROLE)),
                revision.isPresent()
                        && labels != null
                        && !revision.get().equals(labels.get("controller-revision-hash")),
                "");
    }

    private static Optional<Role> role(String label) {
        if (label == null) {
            return Optional.empty();
        }
        return switch (label) {
            case "primary" -> Optional.of(Role.PRIMARY);
            case "replica" -> Optional.of(Role.STANDBY);
            default -> Optional.empty();
        };
    }

    private Optional<Server> server(Pod pod, String password) {
        if (password.isEmpty() || pod.getStatus() == null || pod.getStatus().getPodIP() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reach.server(pod, password));
        } catch (IOException | RuntimeException e) {
            LOG.debugf("%s cannot be reached: %s", pod.getMetadata().getName(), e.getMessage());
            return Optional.empty();
        }
    }

    private static String password(OwnObjects objects) {
        return objects.secret(ObjectNames.internal(objects.name()))
                .map(secret -> Encoding.text(secret.getData(), "matriarch"))
                .orElse("");
    }

    private static Map<String, Mark> marks(OwnObjects objects, Map<String, PersistentVolumeClaim> claims) {
        Map<String, Mark> marks = new TreeMap<>();
        if (objects.cluster().getSpec().storage().sharedClaimName() != null) {
            objects.configMap(ObjectNames.marks(objects.name()))
                    .filter(map -> map.getData() != null)
                    .ifPresent(map -> map.getData()
                            .forEach((name, text) -> Marks.read(text).ifPresent(mark -> marks.put(name, mark))));
            return marks;
        }
        claims.forEach((name, claim) -> {
            Map<String, String> annotations = claim.getMetadata().getAnnotations();
            Marks.read(annotations == null ? null : annotations.get(Labels.MARK))
                    .ifPresent(mark -> marks.put(name, mark));
        });
        return marks;
    }

    private static Optional<String> route(OwnObjects objects) {
        return objects.primarySlice().stream()
                .filter(slice -> slice.getEndpoints() != null)
                .flatMap(slice -> slice.getEndpoints().stream())
                .map(Endpoint::getAddresses)
                .flatMap(List::stream)
                .findFirst();
    }

    /** Objects named prefix and ordinal, by the instance's name. */
    private static <T extends HasMetadata> Map<String, T> byInstance(List<T> objects, String prefix) {
        Map<String, T> named = new TreeMap<>();
        int instanceAt = prefix.startsWith("data-") ? "data-".length() : 0;
        for (T each : objects) {
            String name = each.getMetadata().getName();
            if (name.startsWith(prefix) && name.substring(prefix.length()).matches("[0-9]{1,3}")) {
                named.put(name.substring(instanceAt), each);
            }
        }
        return named;
    }

    /** An instance that does not answer in time is one that is silent; the log of a Pod on a dead node would keep us for a minute. */
    private List<Instance> answers(List<Callable<Instance>> questions, List<Instance> silent) {
        List<Instance> answers = new ArrayList<>();
        try {
            List<Future<Instance>> futures = asking.invokeAll(questions, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            for (int i = 0; i < futures.size(); i++) {
                answers.add(
                        futures.get(i).isCancelled()
                                ? silent.get(i)
                                : futures.get(i).get());
            }
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while observing", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("observing failed", e.getCause());
        }
    }

    @PreDestroy
    void stop() {
        asking.shutdownNow();
    }
}
