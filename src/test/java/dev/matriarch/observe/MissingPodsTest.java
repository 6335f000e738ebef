package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.objects.Labels;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MissingPodsTest {

    private static final Instant NOW = Instant.parse("2026-11-21T11:00:00.123Z");
    private static final Set<String> OTHERS = Set.of("orders-0", "orders-1");
    private static final String QUOTA = "create Pod orders-2 in StatefulSet orders failed error: exceeded quota";

    @Test
    void theLastFailureOfAPodThatIsNotThere() {
        assertThat(lastFailure(
                        failed(300, "create Pod orders-2 in StatefulSet orders failed error: old"), failed(20, QUOTA)))
                .contains(QUOTA);
    }

    @Test
    void itIsOverWhenThePodWasMadeSince() {
        Event made = event("SuccessfulCreate", 10, "create Pod orders-2 in StatefulSet orders successful");
        assertThat(lastFailure(failed(20, QUOTA), made)).isEmpty();
        assertThat(lastFailure(made, failed(5, QUOTA))).contains(QUOTA);
    }

    @Test
    void anotherPodOrAClaimThatWasMadeCuresNothing() {
        Event claim =
                event("SuccessfulCreate", 10, "create Claim data-orders-2 Pod orders-2 in StatefulSet orders success");
        Event other = event("SuccessfulCreate", 10, "create Pod orders-1 in StatefulSet orders successful");
        assertThat(lastFailure(failed(20, QUOTA), claim, other)).contains(QUOTA);
    }

    @Test
    void aClaimThatCannotBeMadeIsAReason() {
        String claim = "create Claim data-orders-2 for Pod orders-2 in StatefulSet orders failed error: no storage";
        assertThat(lastFailure(failed(20, claim))).contains(claim);
        assertThat(lastFailure(
                        failed(20, claim),
                        event("SuccessfulCreate", 10, "create Pod orders-2 in StatefulSet orders successful")))
                .isEmpty();
    }

    @Test
    void whatIsAboutAPodThatIsThereIsOver() {
        assertThat(lastFailure(failed(20, "create Pod orders-1 in StatefulSet orders failed error: exceeded quota")))
                .isEmpty();
    }

    @Test
    void onlyAPodThatWasMadeForTheClusterIsGivenItsLabel() {
        assertThat(isOurs(pod())).isTrue();
        assertThat(isOurs(pod().editMetadata()
                        .addToLabels("postgres.matriarch.dev/cluster", "other")
                        .endMetadata()))
                .as("somebody gave it to another")
                .isFalse();
        assertThat(isOurs(pod().editMetadata()
                        .removeFromLabels("app.kubernetes.io/managed-by")
                        .endMetadata()))
                .isFalse();
        assertThat(isOurs(pod().editMetadata()
                        .addNewOwnerReference()
                        .withUid("1f")
                        .endOwnerReference()
                        .endMetadata()))
                .as("somebody else's")
                .isFalse();
        assertThat(isOurs(pod().editSpec().withSubdomain(null).endSpec())).isFalse();
        assertThat(isOurs(pod().editSpec().withHostname("orders-1").endSpec())).isFalse();
        assertThat(isOurs(pod().editMetadata().withLabels(null).endMetadata())).isFalse();
    }

    private static boolean isOurs(PodBuilder pod) {
        return MissingPods.isOfClusterButForItsLabel(pod.build(), "orders");
    }

    private static PodBuilder pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withName("orders-0")
                .withLabels(Labels.of("orders"))
                .removeFromLabels("postgres.matriarch.dev/cluster")
                .endMetadata()
                .withNewSpec()
                .withHostname("orders-0")
                .withSubdomain("orders-pods")
                .endSpec();
    }

    @Test
    void kubernetesTriesAgainWithin1000Seconds() {
        assertThat(lastFailure(failed(1_000, QUOTA))).contains(QUOTA);
        assertThat(lastFailure(failed(1_300, QUOTA))).isEmpty();
    }

    @Test
    void anEventOfTheNewKindHasItsTimeElsewhere() {
        Event event = new EventBuilder(failed(0, QUOTA))
                .withLastTimestamp(null)
                .withNewEventTime(NOW.minusSeconds(20).toString())
                .build();
        assertThat(lastFailure(event)).contains(QUOTA);
        assertThat(lastFailure(new EventBuilder(failed(0, QUOTA))
                        .withLastTimestamp(null)
                        .build()))
                .isEmpty();
    }

    @Test
    void aLongMessageIsCut() {
        assertThat(lastFailure(failed(1, QUOTA + "x".repeat(1_000))).orElseThrow())
                .hasSize(301);
    }

    private static Optional<String> lastFailure(Event... events) {
        return MissingPods.lastFailure(List.of(events), OTHERS, NOW);
    }

    private static Event failed(int secondsAgo, String message) {
        return event("FailedCreate", secondsAgo, message);
    }

    private static Event event(String reason, int secondsAgo, String message) {
        return new EventBuilder()
                .withReason(reason)
                .withMessage(message)
                .withLastTimestamp(NOW.minusSeconds(secondsAgo).toString())
                .build();
    }
}
