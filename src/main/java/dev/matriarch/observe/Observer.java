package dev.matriarch.observe;

import dev.matriarch.decide.Assignment;
import dev.matriarch.decide.Assignment.Role;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Instance.Contact;
import dev.matriarch.decide.Mark;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Transition;
import dev.matriarch.objects.Encoding;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.postgres.Look;
import dev.matriarch.postgres.Server;
import dev.matriarch.postgres.Watch;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/** Takes the observation of a cluster. Instances are asked side by side, each within the timeouts of the pools. */
@ApplicationScoped
public class Observer {

    private static final Logger LOG = Logger.getLogger(Observer.class);

    private final Look look;
    private final Watch watch;
    private final Reach reach;
    private final Reports reports;
    private final PodTroubles troubles;
    private final Memories memories;
    private final ExecutorService asking = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "observe");
        thread.setDaemon(true);
        return thread;
    });
    private final Questions questions = new Questions(asking);

    /** Primaries that answered when they were asked last, by the uids of their Pods. */
    private final Set<String> answering = ConcurrentHashMap.newKeySet();

    Observer(Look look, Watch watch, Reach reach, Reports reports, PodTroubles troubles, Memories memories) {
        this.look = look;
        this.watch = watch;
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
        Map<String, PersistentVolumeClaim> cached = claims(objects.claims(), objects);
        Map<String, Mark> cachedMarks = marks(objects, cached, objects::configMap);
        // Who leads may be about to be taken from the marks: not from a cache that is behind.
        boolean asTheyAreNow =
                !protocol.initialised() || cachedMarks.values().stream().anyMatch(mark -> mark.isAfter(protocol));
        Map<String, PersistentVolumeClaim> claims = asTheyAreNow ? claims(objects.claimsNow(), objects) : cached;
        Map<String, Mark> marks = asTheyAreNow ? marks(objects, claims, objects::configMapNow) : cachedMarks;
        Set<String> names = new TreeSet<>(pods.keySet());
        names.addAll(claims.keySet());
        names.addAll(marks.keySet());
        String password = password(objects);
        Optional<String> revision = objects.statefulSet()
                .filter(set -> set.getStatus() != null)
                .map(set -> set.getStatus().getUpdateRevision());

        List<Instance> unasked = new ArrayList<>();
        Map<String, Supplier<Questions.Said>> toAsk = new TreeMap<>();
        for (String name : names) {
            Optional<Pod> pod = Optional.ofNullable(pods.get(name));
            Instance instance = new Instance(
                    name,
                    pod.map(each -> view(each, revision)),
                    Optional.ofNullable(marks.get(name)),
                    Optional.empty(),
                    pod.isPresent() ? Contact.SILENT : Contact.REFUSED,
                    Optional.empty());
            unasked.add(instance);
            pod.ifPresent(each -> toAsk.put(
                    each.getMetadata().getUid(),
                    () -> ask(
                            instance,
                            each,
                            Optional.ofNullable(claims.get(name)),
                            password,
                            protocol,
                            name.equals(protocol.primary()) ? Optional.of(watched(objects)) : Optional.empty())));
        }
        Map<String, UnaryOperator<Instance>> answers = questions.ask(toAsk);
        Observation seen = new Observation(
                protocol,
                unasked.stream()
                        .map(each -> each.pod()
                                .map(pod -> answers.get(pod.uid()))
                                .map(answer -> answer.apply(each))
                                .orElse(each))
                        .toList(),
                objects.statefulSet().map(set -> set.getSpec().getReplicas()).orElse(-1),
                objects.route(),
                memories.of(objects.cluster()));
        memories.remember(objects.cluster(), seen.remembered(now));
        return new Observation(
                seen.protocol(),
                seen.instances(),
                seen.replicas(),
                seen.route(),
                memories.of(objects.cluster()).during(memories.transition(objects.cluster(), protocol)));
    }

    /** Clients wait for what the supervisor of a primary that is being stopped says. */
    private static boolean isBeingStopped(String name, Protocol protocol) {
        return protocol.phase().equals(Optional.of(Transition.Phase.Demoting)) && name.equals(protocol.primary());
    }

    /** The name under which the primary of a cluster is watched. */
    public static String watched(OwnObjects objects) {
        return ResourceID.fromResource(objects.cluster()).toString();
    }

    /** The server of an instance, for deeds; empty when it cannot be reached. */
    public Optional<Server> server(OwnObjects objects, String instance) {
        return objects.find(Pod.class, instance).flatMap(pod -> server(pod, password(objects)));
    }

    /** Forgets a Pod that is gone. */
    public void forget(String uid) {
        questions.forget(uid);
        answering.remove(uid);
        look.forget(uid);
        reach.forget(uid);
    }

    /** What asking it adds. */
    private Questions.Said ask(
            Instance unasked,
            Pod pod,
            Optional<PersistentVolumeClaim> claim,
            String password,
            Protocol protocol,
            Optional<String> watched) {
        if (!PodTroubles.runs(pod)) {
            String trouble = troubles.of(pod, claim);
            return new Questions.Said(
                    instance -> instance.withTrouble(trouble).withoutProcess().withContact(Contact.REFUSED), false);
        }
        Optional<Server> server = server(pod, password);
        Look.Answer answer = server.map(look::at).orElse(new Look.Answer(Contact.SILENT));
        // A disk that hangs may keep the look waiting too: what is watched asks for less.
        Duration hung = server.flatMap(at -> watched.map(name -> watch.stalled(name, at)))
                .filter(said -> said.compareTo(answer.stalled()) > 0)
                .orElse(answer.stalled());
        String trouble = troubles.ofRunning(pod, answer.database().isPresent());
        UnaryOperator<Instance> said = instance -> instance.withTrouble(trouble)
                .withContact(answer.contact())
                .withDatabase(answer.database())
                .withStalled(hung);
        boolean isBeingStopped = isBeingStopped(unasked.name(), protocol);
        String uid = pod.getMetadata().getUid();
        if (watched.isPresent() && answer.database().isPresent()) {
            answering.add(uid);
        } else if (answering.remove(uid) && watched.isPresent() && !isBeingStopped) {
            // Clients wait, and a log goes a long way. That a primary does not answer any more is enough to begin.
            reports.prepare(pod, asking);
            return new Questions.Said(said, answer.contact() == Contact.SILENT);
        }
        if (isTold(unasked, answer)) {
            return new Questions.Said(said, answer.contact() == Contact.SILENT);
        }
        Optional<Instance.Report> report = isBeingStopped
                ? reports.last(pod)
                : reports.recent(pod, protocol.transition().isPresent() ? Reports.IN_A_HURRY : Reports.AT_LEISURE);
        return new Questions.Said(
                instance -> report.map(said.apply(instance)::withReport).orElse(said.apply(instance)), false);
    }

    /**
     * Whether its supervisor need not be asked: not, if PostgreSQL was to be copied and what answers may be what was before, or if it is told to follow and
     * leads. The log of one that is silent is out of reach too, in most cases; that of one that never bore a mark is tried.
     */
    private static boolean isTold(Instance unasked, Look.Answer answer) {
        Optional<Assignment> told = unasked.pod().flatMap(Instance.Pod::assignment);
        boolean copies =
                told.filter(each -> each.deed() == Assignment.Deed.CLONE).isPresent();
        boolean follows =
                told.filter(each -> each.role() == Assignment.Role.STANDBY).isPresent();
        if (answer.contact() == Contact.SILENT) {
            return unasked.mark().isPresent();
        }
        return answer.database()
                .filter(each -> each.receiving() || !copies && (each.inRecovery() || !follows))
                .isPresent();
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
                "",
                false);
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

    private String password(OwnObjects objects) {
        return memories.password(
                objects.cluster(),
                objects.secret(ObjectNames.internal(objects.name()))
                        .map(secret -> Encoding.text(secret.getData(), "matriarch"))
                        .orElse(""));
    }

    private static Map<String, PersistentVolumeClaim> claims(List<PersistentVolumeClaim> all, OwnObjects objects) {
        return byInstance(all, "data-" + objects.name() + "-");
    }

    private Map<String, Mark> marks(
            OwnObjects objects,
            Map<String, PersistentVolumeClaim> claims,
            Function<String, Optional<ConfigMap>> configMaps) {
        Map<String, Mark> marks = new TreeMap<>();
        if (objects.cluster().getSpec().storage().sharedClaimName() != null) {
            configMaps
                    .apply(ObjectNames.marks(objects.name()))
                    .filter(map -> map.getData() != null)
                    .ifPresent(map -> map.getData()
                            .forEach((name, text) -> memories.markBehind(objects.cluster(), name, map.getMetadata())
                                    .or(() -> Marks.read(text))
                                    .ifPresent(mark -> marks.put(name, mark))));
            return marks;
        }
        claims.forEach((name, claim) -> {
            Map<String, String> annotations = claim.getMetadata().getAnnotations();
            memories.markBehind(objects.cluster(), name, claim.getMetadata())
                    .or(() -> Marks.read(annotations == null ? null : annotations.get(Labels.MARK)))
                    .ifPresent(mark -> marks.put(name, mark));
        });
        return marks;
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

    @PreDestroy
    void stop() {
        asking.shutdownNow();
    }
}
