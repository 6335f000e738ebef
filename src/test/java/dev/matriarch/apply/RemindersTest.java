package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemindersTest {

    private static final ResourceID ORDERS = new ResourceID("orders", "shop");

    private Duration time = Duration.ofHours(1);
    private final Reminders reminders = new Reminders(null, Clock.systemUTC(), () -> time.toNanos());

    @Test
    void whoHasNotTakenItsWordsIsRemindedAFewTimesAndEverMoreSeldom() {
        List<Long> reminded = new ArrayList<>();
        for (int second = 0; second < 600; second++) {
            if (!reminders.due(ORDERS, Map.of("pod-1", "rejoin")).isEmpty()) {
                reminded.add((long) second);
            }
            time = time.plusSeconds(1);
        }
        assertThat(reminded).containsExactly(2L, 5L, 10L, 20L, 40L);
    }

    @Test
    void otherWordsAreGivenTheirTimeAnew() {
        reminders.due(ORDERS, Map.of("pod-1", "rejoin"));
        time = time.plusSeconds(2);
        assertThat(reminders.due(ORDERS, Map.of("pod-1", "copy"))).isEmpty();
        time = time.plusSeconds(2);
        assertThat(reminders.due(ORDERS, Map.of("pod-1", "copy"))).containsExactly("pod-1");
    }

    @Test
    void soIsOneThatHadTakenThemMeanwhileAndAnotherPod() {
        reminders.due(ORDERS, Map.of("pod-1", "rejoin"));
        time = time.plusSeconds(1);
        reminders.due(ORDERS, Map.of());
        time = time.plusSeconds(1);
        assertThat(reminders.due(ORDERS, Map.of("pod-1", "rejoin", "pod-2", "rejoin")))
                .isEmpty();
        time = time.plusSeconds(2);
        assertThat(reminders.due(ORDERS, Map.of("pod-1", "rejoin", "pod-2", "rejoin")))
                .containsExactlyInAnyOrder("pod-1", "pod-2");
    }

    @Test
    void aClusterThatIsGoneIsForgotten() {
        reminders.due(ORDERS, Map.of("pod-1", "rejoin"));
        reminders.forget(ORDERS);
        time = time.plusSeconds(5);
        assertThat(reminders.due(ORDERS, Map.of("pod-1", "rejoin"))).isEmpty();
    }
}
