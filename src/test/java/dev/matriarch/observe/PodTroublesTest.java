package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

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
        "ImagePullBackOff, spec.postgresql.image",
        "ErrImagePull, spec.postgresql.image",
        "InvalidImageName, spec.postgresql.image",
        "CreateContainerConfigError, spec.pod"
    })
    void aContainerThatCannotStartNamesTheFieldThatIsAboutIt(String reason, String field) {
        assertThat(troubles.of(waiting(reason, "why"), Optional.empty()))
                .startsWith(field + ": " + reason)
                .contains("postgres:17.99")
                .endsWith("why");
    }

    @Test
    void oneThatIsJustBeingMadeIsNoTrouble() {
        assertThat(troubles.of(waiting("ContainerCreating", null), Optional.empty()))
                .isEmpty();
        assertThat(troubles.of(new PodBuilder().build(), Optional.empty())).isEmpty();
    }

    @Test
    void oneThatNoNodeTakes() {
        Pod pod = new PodBuilder()
                .withNewStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/3 nodes are available: insufficient memory.")
                .endCondition()
                .endStatus()
                .build();
        assertThat(troubles.of(pod, Optional.empty()))
                .isEqualTo("cannot be scheduled: 0/3 nodes are available: insufficient memory.");
    }

    @Test
    void longMessagesAreCut() {
        assertThat(troubles.of(waiting("ErrImagePull", "x".repeat(1000)), Optional.empty()))
                .hasSizeLessThan(400)
                .endsWith("…");
    }

    private static Pod waiting(String reason, String message) {
        return new PodBuilder()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("postgres")
                .withImage("postgres:17.99")
                .withNewState()
                .withNewWaiting(message, reason)
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
