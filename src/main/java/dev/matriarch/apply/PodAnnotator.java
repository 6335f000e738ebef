package dev.matriarch.apply;

import dev.matriarch.decide.Assignment;
import dev.matriarch.objects.Labels;
import dev.matriarch.observe.Assignments;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.Requests;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * What is done to Pods: the assignment, the role label, the end. Each is applied under a field manager of its own, so that writing one never takes the other away, and
 * names the Pod's uid, so that it never reaches a Pod that took the place of the one that was looked at.
 */
@ApplicationScoped
public class PodAnnotator {

    private static final String ASSIGNMENT_MANAGER = Labels.MATRIARCH + "-assignment";
    private static final String ROLE_MANAGER = Labels.MATRIARCH + "-role";
    private static final String CLUSTER_MANAGER = Labels.MATRIARCH + "-cluster";

    private static final String CONFIGURATION_MANAGER = Labels.MATRIARCH + "-configuration";
    private static final String REMINDER_MANAGER = Labels.MATRIARCH + "-reminder";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;

    PodAnnotator(KubernetesClient client) {
        this.client = Requests.soon(client);
    }

    /**
     * Tells an instance what to do, if it still is told what was seen: a clone that an operator decided upon before it slept would otherwise overwrite an
     * instance that counts by now.
     *
     * @return whether it was news
     */
    boolean assign(OwnObjects objects, String name, String uid, Optional<Assignment> seen, Assignment assignment) {
        Pod present =
                client.pods().inNamespace(objects.namespace()).withName(name).get();
        Optional<Assignment> told = present == null || present.getMetadata().getAnnotations() == null
                ? Optional.empty()
                : Assignments.read(present.getMetadata().getAnnotations().get(Labels.ASSIGNMENT));
        if (told.equals(Optional.of(assignment))) {
            return false; // by us, and the cache is behind
        }
        if (present == null || !told.equals(seen)) {
            throw new StepFailedException(name + " was told something else meanwhile", null);
        }
        Pod patch = partial(objects, name, uid);
        patch.getMetadata().setResourceVersion(present.getMetadata().getResourceVersion());
        patch.getMetadata().setAnnotations(Map.of(Labels.ASSIGNMENT, Assignments.write(assignment)));
        apply(patch, ASSIGNMENT_MANAGER);
        return true;
    }

    /** Sets the role label, or takes it away. */
    void label(OwnObjects objects, String name, String uid, Optional<String> role) {
        Pod patch = partial(objects, name, uid);
        role.ifPresent(value -> patch.getMetadata().setLabels(Map.of(Labels.ROLE, value)));
        apply(patch, ROLE_MANAGER);
    }

    /** Sets the label of the cluster, which the StatefulSet has set and somebody took away. */
    void takeBack(OwnObjects objects, String name, String uid) {
        Pod patch = partial(objects, name, uid);
        patch.getMetadata().setLabels(Labels.selector(objects.name()));
        apply(patch, CLUSTER_MANAGER);
    }

    /**
     * Deletes a Pod, gracefully, if it still is as it was looked at.
     *
     * @return whether it was
     */
    boolean delete(OwnObjects objects, String name, String uid) {
        Optional<Pod> seen = objects.find(Pod.class, name)
                .filter(pod -> uid.equals(pod.getMetadata().getUid()));
        if (seen.isEmpty()) {
            return false;
        }
        try {
            // A version is one of one Pod, so this is a precondition of the uid too.
            client.resource(seen.get())
                    .lockResourceVersion(seen.get().getMetadata().getResourceVersion())
                    .delete();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Notes on every Pod which configuration there is. The kubelet brings a changed ConfigMap into a Pod after a minute or more, but at once when the
     * Pod itself has changed too.
     */
    void announceConfiguration(OwnObjects objects, String digest) {
        for (Pod pod : objects.pods()) {
            Map<String, String> annotations = pod.getMetadata().getAnnotations();
            boolean live = pod.getMetadata().getDeletionTimestamp() == null;
            if (live && (annotations == null || !digest.equals(annotations.get(Labels.CONFIGURATION)))) {
                Pod patch = partial(
                        objects, pod.getMetadata().getName(), pod.getMetadata().getUid());
                patch.getMetadata().setAnnotations(Map.of(Labels.CONFIGURATION, digest));
                apply(patch, CONFIGURATION_MANAGER);
            }
        }
    }

    /** Changes a Pod in a way that means nothing, so that its kubelet looks once more at what is to be in its files. */
    void remind(OwnObjects objects, String name, String uid, Instant now) {
        Pod patch = partial(objects, name, uid);
        patch.getMetadata()
                .setAnnotations(Map.of(
                        Labels.REMINDED, now.truncatedTo(ChronoUnit.SECONDS).toString()));
        apply(patch, REMINDER_MANAGER);
    }

    private static Pod partial(OwnObjects objects, String name, String uid) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(objects.namespace())
                .withUid(uid)
                .endMetadata()
                .build();
    }

    private void apply(Pod patch, String manager) {
        client.resource(patch).fieldManager(manager).forceConflicts().serverSideApply();
    }
}
