package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTroublesTest {

    private final PodTroubles troubles = new PodTroubles(null);

    @ParameterizedTest
    @CsvSource({
        "InvalidImageName, spec.postgresql.image",
        "ErrImageNeverPull, spec.postgresql.image",
        "CreateContainerConfigError, spec.pod"
    })
    void aContainerThatCannotStartNamesTheFieldThatIsAboutIt(String reason, String field) {
        assertThat(troubles.of(waiting(reason, "why"), Optional.empty()))
                .startsWith(field + ": " + reason)
                .contains("postgres:17.99")
                .endsWith("why");
    }

    @Test
    void anImageThatCannotBePulledIsToldInTheSameWordsWhileTheKubeletTriesAgain() {
        String words = "spec.postgresql.image: image postgres:17.99 cannot be pulled: not found";
        assertThat(troubles.of(waiting("ErrImagePull", "not found"), Optional.empty()))
                .isEqualTo(words);
        assertThat(troubles.of(
                        waiting(
                                "ImagePullBackOff",
                                "Back-off pulling image \"postgres:17.99\": ErrImagePull: not found"),
                        Optional.empty()))
                .isEqualTo(words);
    }

    @Test
    void whoAskedFromWhichPortIsNotTold() {
        assertThat(troubles.of(
                        waiting(
                                "ErrImagePull",
                                "lookup a on 10.0.0.1:53: read udp 10.0.0.2:58208->10.0.0.1:53: i/o timeout"),
                        Optional.empty()))
                .endsWith("cannot be pulled: lookup a on 10.0.0.1:53: i/o timeout");
    }

    @Test
    void anImageThatHasNoShellIsToldInTheSameWordsInAllStatesOfItsContainer() {
        String message = "exec: \"/bin/sh\": no such file or directory";
        String words = "spec.postgresql.image: a container of image postgres:17.99 cannot be started: " + message;
        ContainerState ended = terminated("StartError", message, 128);
        assertThat(troubles.of(waiting("RunContainerError", message), Optional.empty()))
                .isEqualTo(words);
        assertThat(troubles.of(pod(postgres(ended, null, 0)), Optional.empty())).isEqualTo(words);
        assertThat(troubles.of(
                        pod(postgres(waitingState("CrashLoopBackOff", "back-off 20s restarting"), ended, 2)),
                        Optional.empty()))
                .isEqualTo(words);
        Pod again = pod(postgres(RUNNING, ended, 3));
        assertThat(PodTroubles.runs(again)).isTrue();
        assertThat(troubles.ofRunning(again, false)).isEqualTo(words);
    }

    @Test
    void oneThatEndsAgainAndAgain() {
        ContainerState ended = terminated("Error", null, 3);
        assertThat(troubles.of(pod(postgres(ended, null, 0)), Optional.empty()))
                .as("once: it is started again")
                .isEmpty();
        assertThat(troubles.of(pod(postgres(waitingState("CrashLoopBackOff", "20s"), ended, 1)), Optional.empty()))
                .isEqualTo(
                        "spec.postgresql.image: a container of image postgres:17.99 ends again and again, with exit code 3; kubectl logs --previous shows what it says.");
        assertThat(troubles.of(
                        pod(postgres(waitingState("CrashLoopBackOff", "20s"), terminated("OOMKilled", null, 137), 1)),
                        Optional.empty()))
                .startsWith("spec.pod.resources: ");
    }

    @Test
    void aSidecarThatRunsDoesNotHideThatPostgresqlDoesNot() {
        Pod pod = pod(
                container("metrics", "metrics:1", RUNNING, null, 0),
                postgres(waitingState("ErrImagePull", "not found"), null, 0));
        assertThat(PodTroubles.runs(pod)).isFalse();
        assertThat(troubles.of(pod, Optional.empty())).startsWith("spec.postgresql.image: image postgres:17.99");
    }

    @Test
    void aSidecarThatCannotBePulledIsNotTheImageOfPostgresql() {
        Pod pod = pod(
                postgres(RUNNING, null, 0),
                container(
                        "metrics", "metrics:1", waitingState("ImagePullBackOff", "ErrImagePull: not found"), null, 0));
        assertThat(PodTroubles.runs(pod)).isTrue();
        assertThat(troubles.ofRunning(pod, true))
                .startsWith("spec.pod.sidecars: container metrics: image metrics:1 cannot be pulled: not found")
                .contains("PostgreSQL runs, but its Pod is not ready");
    }

    @Test
    void oneThatAnswersIsInNoTroubleForWhatWasBefore() {
        assertThat(troubles.ofRunning(pod(postgres(RUNNING, terminated("Error", null, 3), 5)), true))
                .isEmpty();
    }

    @Test
    void oneThatIsJustBeingMadeIsNoTrouble() {
        assertThat(troubles.of(waiting("ContainerCreating", null), Optional.empty()))
                .isEmpty();
        assertThat(troubles.of(new PodBuilder().build(), Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0/3 nodes are available: 3 Insufficient cpu. | spec.pod.resources: cannot | Lower the requests, or add a node.",
                "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory. | spec.pod.resources: cannot | or add a node.",
                "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. | spec.pod: cannot | (kubectl describe nodes).",
                "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints. | spec.pod: cannot | (kubectl describe nodes).",
                "0/1 nodes are available: 1 node(s) had untolerated taint {team: shop}. | spec.pod: cannot | (kubectl describe nodes).",
                "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }. | cannot | .",
                "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) had volume node affinity conflict. | cannot | .",
                "0/3 nodes are available: 3 Too many pods. | cannot | ."
            })
    void oneThatNoNodeTakes(String says, String field, String remedy) {
        assertThat(troubles.of(unschedulable(says), Optional.empty()))
                .startsWith(field + (field.endsWith("cannot") ? " be scheduled: " + says : ""))
                .endsWith(remedy);
    }

    private static Pod unschedulable(String says) {
        return new PodBuilder()
                .withNewStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(says)
                .endCondition()
                .endStatus()
                .build();
    }

    @Test
    void aClaimThatTheUserNamesAndThatIsNotThere() {
        assertThat(troubles.of(unschedulable("data", "nowhere"), Optional.empty()))
                .isEqualTo("spec.storage.sharedClaimName: claim nowhere does not exist;"
                        + " make it, or make the cluster again with one that does (kubectl get pvc)");
        assertThat(troubles.of(unschedulable("scratch", "nowhere"), Optional.empty()))
                .startsWith("spec.pod.volumes: claim nowhere of volume scratch does not exist;");
        assertThat(troubles.of(unschedulable("data", "data-orders-0"), Optional.empty()))
                .as("the StatefulSet makes it")
                .startsWith("cannot be scheduled");
    }

    private static Pod unschedulable(String volume, String claim) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("orders-0")
                .endMetadata()
                .withNewSpec()
                .addNewVolume()
                .withName(volume)
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim()
                .endVolume()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/3 nodes are available: persistentvolumeclaim \"" + claim + "\" not found. not found")
                .endCondition()
                .endStatus()
                .build();
    }

    @Test
    void longMessagesAreCut() {
        assertThat(troubles.of(waiting("ErrImagePull", "x".repeat(1000)), Optional.empty()))
                .hasSizeLessThan(400)
                .endsWith("…");
    }

    private static final ContainerState RUNNING =
            new ContainerStateBuilder().withNewRunning("2026-11-21T11:00:00Z").build();

    private static Pod waiting(String reason, String message) {
        return pod(postgres(waitingState(reason, message), null, 0));
    }

    private static ContainerState waitingState(String reason, String message) {
        return new ContainerStateBuilder().withNewWaiting(message, reason).build();
    }

    private static ContainerState terminated(String reason, String message, int exitCode) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withReason(reason)
                .withMessage(message)
                .withExitCode(exitCode)
                .endTerminated()
                .build();
    }

    private static ContainerStatus postgres(ContainerState state, ContainerState last, int restarts) {
        return container("postgres", "postgres:17.99", state, last, restarts);
    }

    private static ContainerStatus container(
            String name, String image, ContainerState state, ContainerState last, int restarts) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withState(state)
                .withLastState(last)
                .withRestartCount(restarts)
                .withStarted(false)
                .build();
    }

    private static Pod pod(ContainerStatus... statuses) {
        return new PodBuilder()
                .withNewStatus()
                .withPodIP("10.0.0.1")
                .withContainerStatuses(statuses)
                .endStatus()
                .build();
    }
}
