package dev.matriarch.observe;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a Pod cannot start, with the field of the spec that is about it. */
@ApplicationScoped
public class PodTroubles {

    private static final Map<String, String> FIELDS = Map.of(
            "ErrImagePull", "spec.postgresql.image",
            "ImagePullBackOff", "spec.postgresql.image",
            "InvalidImageName", "spec.postgresql.image",
            "ErrImageNeverPull", "spec.postgresql.image",
            "CreateContainerConfigError", "spec.pod",
            "CreateContainerError", "spec.pod",
            "RunContainerError", "spec.pod");

    private final KubernetesClient client;

    PodTroubles(KubernetesClient client) {
        this.client = client;
    }

    /** What keeps it from starting; empty when nothing is known. */
    String of(Pod pod, Optional<PersistentVolumeClaim> claim) {
        return container(pod)
                .or(() -> claim.flatMap(this::storageClass))
                .or(() -> scheduling(pod))
                .orElse("");
    }

    private static Optional<String> container(Pod pod) {
        List<ContainerStatus> statuses =
                pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
        for (ContainerStatus status : statuses) {
            ContainerStateWaiting waiting =
                    status.getState() == null ? null : status.getState().getWaiting();
            if (waiting != null && FIELDS.containsKey(waiting.getReason())) {
                return Optional.of(FIELDS.get(waiting.getReason()) + ": " + waiting.getReason() + " of image "
                        + status.getImage() + ": " + brief(waiting.getMessage()));
            }
        }
        return Optional.empty();
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

    private static Optional<String> scheduling(Pod pod) {
        List<PodCondition> conditions =
                pod.getStatus() == null ? List.of() : pod.getStatus().getConditions();
        return conditions.stream()
                .filter(each -> "PodScheduled".equals(each.getType()) && "Unschedulable".equals(each.getReason()))
                .map(each -> "cannot be scheduled: " + brief(each.getMessage()))
                .findFirst();
    }

    private static String brief(String message) {
        String text = message == null ? "" : message;
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }
}
