package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionLogTest {

    @Test
    void linesAboutTheClusterWithTheirMilliseconds() {
        String log = """
                [pod/matriarch-1/matriarch] 2026-11-21T15:09:46.025 INFO  [Events] chaos/orders NotReady: orders-0 is not there.
                [pod/matriarch-1/matriarch] 2026-11-21T15:09:46.030 INFO  [Events] other/orders NotReady: orders-0 is not there.
                [pod/matriarch-1/matriarch] 2026-11-21T15:09:46.035 INFO  [LeaderElectionManager] New leader
                [pod/matriarch-1/matriarch] \tat java.base/java.lang.Thread.run(Thread.java:1474)
                """;

        assertThat(TransitionLog.parse(log, "chaos/orders"))
                .containsExactly(new TransitionLog.Moment(1795273786025000L, "NotReady", "orders-0 is not there."));
    }

    @Test
    void eachRecordHasItsRowAndOfOtherStepsTheFirst() {
        List<TransitionLog.Moment> moments = List.of(
                new TransitionLog.Moment(1, "Recorded", "opened"),
                new TransitionLog.Moment(2, "Fenced", "one"),
                new TransitionLog.Moment(3, "Fenced", "another"),
                new TransitionLog.Moment(4, "Recorded", "elected"));

        assertThat(TransitionLog.firsts(moments))
                .containsExactly(entry("Recorded, 1.", 1L), entry("Fenced", 2L), entry("Recorded, 2.", 4L));
    }
}
