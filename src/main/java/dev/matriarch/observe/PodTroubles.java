package dev.matriarch.observe;

import dev.matriarch.objects.InstancePod;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a Pod cannot start, with the field of the spec that is about it. The words of one trouble are the same in each of the states that a container goes through
 * while the kubelet tries again, so that it is told once.
 */
@ApplicationScoped
public class PodTroubles {

    private static final String IMAGE = "spec.postgresql.image";
    private static final String POD = "spec.pod";
    private static final String RESOURCES = "spec.pod.resources";
    private static final String SIDECARS = "spec.pod.sidecars";

    private static final Set<String> PULLING = Set.of("ErrImagePull", "ImagePullBackOff");

    private static final Map<String, String> FIELDS = Map.of(
            "InvalidImageName", IMAGE,
            "ErrImageNeverPull", IMAGE,
            "CreateContainerConfigError", POD,
            "CreateContainerError", POD);

    /** In the words of the kubelet: the first process of a container could not be started. */
    private static final Set<String> NOT_STARTED = Set.of("RunContainerError", "StartError", "ContainerCannotRun");

    private static final Pattern FROM_A_PORT = Pattern.compile("(read|write) (udp|tcp) \\S+:[0-9]+->\\S+: ");

    /** From so many restarts on, a container that has ended counts as one that goes on ending. */
    private static final int AGAIN_AND_AGAIN = 2;

    private static final Pattern MISSING_CLAIM = Pattern.compile("persistentvolumeclaim \"([^\"]+)\" not found");

    /** Taints that Kubernetes sets on nodes that are down, full or cordoned: no toleration would mend that. */
    private static final Pattern OF_THE_NODE =
            Pattern.compile("untolerated taint(\\(s\\))? \\{node\\.kubernetes\\.io/[^}]*}");

    private static final Pattern OF_THE_POD =
            Pattern.compile("affinity/selector|untolerated taint|pod (anti-)?affinity|topology spread constraints");

    private static final String REQUEST_LESS = " Lower the requests, or add a node.";
    private static final String CHOOSE_OTHERS =
            " See nodeSelector, affinity, tolerations and topologySpreadConstraints there (kubectl describe nodes).";

    private final KubernetesClient client;

    PodTroubles(KubernetesClient client) {
        this.client = client;
    }

    /** Whether the container of PostgreSQL runs, whatever the others do. */
    static boolean runs(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getPodIP() != null
                && postgres(pod)
                        .map(ContainerStatus::getState)
                        .filter(state -> state.getRunning() != null)
                        .isPresent();
    }

    /** What keeps a Pod whose PostgreSQL does not run from starting; empty when nothing is known. */
    String of(Pod pod, Optional<PersistentVolumeClaim> claim) {
        return postgres(pod)
                .flatMap(PodTroubles::container)
                .or(() -> claim.flatMap(this::storageClass))
                .or(() -> missingClaim(pod))
                .or(() -> noNode(pod))
                .or(() -> sidecar(pod))
                .orElse("");
    }

    /**
     * What is wrong with a Pod whose PostgreSQL's container runs.
     *
     * @param answers whether PostgreSQL does. If not, and the container was started just now after others that ended, it is about to end too
     */
    String ofRunning(Pod pod, boolean answers) {
        Optional<String> crash = answers
                ? Optional.empty()
                : postgres(pod)
                        .filter(status -> !Boolean.TRUE.equals(status.getStarted()))
                        .flatMap(PodTroubles::crash);
        return crash.or(
                        () -> sidecar(pod)
                                .map(
                                        trouble -> trouble + (trouble.endsWith(".") ? "" : ".")
                                                + " PostgreSQL runs, but its Pod is not ready: the Services that choose by label leave it out."))
                .orElse("");
    }

    private static List<ContainerStatus> statuses(Pod pod) {
        return pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
    }

    private static Optional<ContainerStatus> postgres(Pod pod) {
        return statuses(pod).stream()
                .filter(each -> InstancePod.CONTAINER.equals(each.getName()))
                .findFirst();
    }

    private static Optional<String> container(ContainerStatus status) {
        return waiting(status)
                .flatMap(waiting -> {
                    if (PULLING.contains(waiting.getReason())) {
                        return Optional.of(IMAGE + ": " + pulling(status, waiting));
                    }
                    return Optional.ofNullable(FIELDS.get(waiting.getReason()))
                            .map(field -> field + ": " + stopped(status, waiting));
                })
                .or(() -> crash(status));
    }

    /** Of any other container than PostgreSQL's. The fields are those of its own, so it is named. */
    private static Optional<String> sidecar(Pod pod) {
        return statuses(pod).stream()
                .filter(each -> !InstancePod.CONTAINER.equals(each.getName()))
                .flatMap(each -> sidecar(each).stream())
                .map(trouble -> SIDECARS + ": " + trouble)
                .findFirst();
    }

    private static Optional<String> sidecar(ContainerStatus status) {
        String name = "container " + status.getName() + ": ";
        return waiting(status).flatMap(waiting -> {
            if (PULLING.contains(waiting.getReason())) {
                return Optional.of(name + pulling(status, waiting));
            }
            if (FIELDS.containsKey(waiting.getReason())) {
                return Optional.of(name + stopped(status, waiting));
            }
            return crash(status).map(trouble -> name + trouble.substring(trouble.indexOf(": ") + 2));
        });
    }

    private static Optional<ContainerStateWaiting> waiting(ContainerStatus status) {
        return Optional.ofNullable(status.getState())
                .map(ContainerState::getWaiting)
                .filter(waiting -> waiting.getReason() != null);
    }

    /** The kubelet alternates between the error and a pause that quotes it. */
    private static String pulling(ContainerStatus status, ContainerStateWaiting waiting) {
        String message = waiting.getMessage() == null ? "" : waiting.getMessage();
        String cause = message.substring(Math.max(0, message.indexOf("ErrImagePull: ")))
                .replaceFirst("^ErrImagePull: ", "");
        return "image " + status.getImage() + " cannot be pulled: " + brief(cause);
    }

    private static String stopped(ContainerStatus status, ContainerStateWaiting waiting) {
        return waiting.getReason() + " of image " + status.getImage() + ": " + brief(waiting.getMessage());
    }

    /** A container that could not be started, or ends again and again. One that has ended once is being started again. */
    private static Optional<String> crash(ContainerStatus status) {
        Optional<ContainerStateWaiting> waiting = waiting(status);
        Optional<ContainerStateTerminated> last = Optional.ofNullable(status.getState())
                .map(ContainerState::getTerminated)
                .or(() -> Optional.ofNullable(status.getLastState()).map(ContainerState::getTerminated));
        Optional<String> notStarted = waiting.filter(each -> NOT_STARTED.contains(each.getReason()))
                .map(ContainerStateWaiting::getMessage)
                .or(() -> last.filter(each -> NOT_STARTED.contains(each.getReason()))
                        .map(ContainerStateTerminated::getMessage));
        if (notStarted.isPresent()) {
            boolean memory = notStarted.get().contains("memory limit");
            return Optional.of((memory ? RESOURCES : IMAGE) + ": a container of image " + status.getImage()
                    + " cannot be started: " + brief(notStarted.get()));
        }
        boolean again = waiting.filter(each -> "CrashLoopBackOff".equals(each.getReason()))
                        .isPresent()
                || Objects.requireNonNullElse(status.getRestartCount(), 0) >= AGAIN_AND_AGAIN;
        return last.filter(each -> again).map(each -> {
            boolean memory = "OOMKilled".equals(each.getReason());
            return (memory ? RESOURCES : IMAGE) + ": a container of image " + status.getImage()
                    + (memory
                            ? " needs more memory than its limit and is ended again and again."
                            : " ends again and again, with exit code " + each.getExitCode()
                                    + "; kubectl logs --previous shows what it says.");
        });
    }

    private Optional<String> storageClass(PersistentVolumeClaim claim) {
        String name = claim.getSpec().getStorageClassName();
        boolean pending =
                claim.getStatus() != null && "Pending".equals(claim.getStatus().getPhase());
        if (!pending || name == null || name.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (client.storage().v1().storageClasses().withName(name).get() == null) {
                return Optional.of(
                        "spec.storage.storageClassName: storage class " + name
                                + " does not exist; make it, or make the cluster again with one that does (kubectl get storageclass)");
            }
        } catch (KubernetesClientException e) {
            return Optional.empty(); // not allowed to look, in an installation for single namespaces
        }
        return Optional.empty();
    }

    /** A claim that a user names; those that the StatefulSet makes are there a moment later. */
    private static Optional<String> missingClaim(Pod pod) {
        Matcher missing = scheduling(pod)
                .map(MISSING_CLAIM::matcher)
                .filter(Matcher::find)
                .orElse(null);
        if (missing == null || pod.getSpec() == null) {
            return Optional.empty();
        }
        String claim = missing.group(1);
        return pod.getSpec().getVolumes().stream()
                .filter(each -> each.getPersistentVolumeClaim() != null
                        && claim.equals(each.getPersistentVolumeClaim().getClaimName())
                        && !claim.equals("data-" + pod.getMetadata().getName()))
                .findFirst()
                .map(each -> "data".equals(each.getName())
                        ? "spec.storage.sharedClaimName: claim " + claim
                                + " does not exist; make it, or make the cluster again with one that does (kubectl get pvc)"
                        : "spec.pod.volumes: claim " + claim + " of volume " + each.getName()
                                + " does not exist; make it, or name one that does (kubectl get pvc)");
    }

    private static Optional<String> scheduling(Pod pod) {
        List<PodCondition> conditions =
                pod.getStatus() == null ? List.of() : pod.getStatus().getConditions();
        return conditions.stream()
                .filter(each -> "PodScheduled".equals(each.getType()) && "Unschedulable".equals(each.getReason()))
                .map(each -> "cannot be scheduled: " + brief(each.getMessage()))
                .findFirst();
    }

    /** What the scheduler says of the nodes, with the field that most of it is about: of many reasons that which takes least to mend comes first. */
    private static Optional<String> noNode(Pod pod) {
        return scheduling(pod).map(said -> {
            String about = OF_THE_NODE.matcher(said).replaceAll("");
            if (about.contains("volume node affinity conflict")) { // the one node that has the volume may be down
                about = about.replace("untolerated taint", "");
            }
            if (about.toLowerCase(Locale.ROOT).contains("insufficient ")) {
                return RESOURCES + ": " + said + REQUEST_LESS;
            }
            return OF_THE_POD.matcher(about).find() ? POD + ": " + said + CHOOSE_OTHERS : said;
        });
    }

    private static String brief(String message) {
        // Who asked from which port is another one each time, and the words must not be.
        String text = message == null ? "" : FROM_A_PORT.matcher(message).replaceAll("");
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }
}
