package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The control plane has no power for five minutes: fault 7. For seconds it has none in {@link ChaosIT}. */
@Exhaustive
@OnLocalCluster
class ApiServerAwayIT {

    private static final Logger LOG = Logger.getLogger(ApiServerAwayIT.class);

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("api-server-away");

    private static final Duration AWAY = Duration.ofMinutes(5);

    /** A machine that has other things to do delays a write too; that nobody was replaced is told by the epoch. */
    private static final Duration GAP = Duration.ofSeconds(10);

    @Test
    void databasesDoNotNoticeAndTheOperatorGoesOnAfterwards() throws Exception {
        Cluster orders = NAMESPACE.cluster("orders");
        orders.apply("{}").awaitSettled();
        String primary = orders.status().primary();
        int restarts = Operator.restarts();
        List<String> acknowledged;
        try (SteadyWriter writer = SteadyWriter.begin(orders)) {
            writer.awaitMore(10);
            TestCluster.fault("cp", "stop");
            try {
                stays("writes go on", AWAY)
                        .untilAsserted(() -> assertThat(writer.longestGap()).isLessThan(GAP));
            } finally {
                TestCluster.fault("cp", "start");
            }
            await("the API server is back").until(() -> orders.status() != null);
            long back = System.nanoTime();
            orders.awaitSettled();
            LOG.infof(
                    "The longest time between two writes was %d ms",
                    writer.longestGap().toMillis());
            assertThat(writer.longestGap()).isLessThan(GAP);
            assertThat(orders.status().epoch()).isEqualTo(1);

            orders.kubectl()
                    .shell(primary, "postgres", "kill -KILL $(head -n 1 $PGDATA/postmaster.pid)")
                    .orThrow();
            await("another leads").until(() -> !primary.equals(orders.status().primary()));
            LOG.infof(
                    "Another primary %d ms after the API server was back",
                    Duration.ofNanos(System.nanoTime() - back).toMillis());
            writer.awaitMore(10);
            acknowledged = writer.end();
        }
        orders.awaitSettled();
        assertThat(orders.status().epoch()).isEqualTo(2);
        assertThat(Operator.restarts()).as("the operators have waited").isEqualTo(restarts);
        SteadyWriter.awaitEverywhere(orders, 3, acknowledged);
    }
}
