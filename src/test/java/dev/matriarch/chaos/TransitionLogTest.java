package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

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
}
