package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.Quiet;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A primary whose commits wait for no standby lives by the operator's heartbeats. */
@OnLocalCluster
@OwnOperator(seconds = 36)
@Quiet
class SelfFenceIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("self-fence");

    private static final Duration SELF_FENCE = Duration.ofSeconds(5);

    private static LaptopOperator operator;

    @BeforeAll
    static void begin() {
        operator = LaptopOperator.start(NAMESPACE, "direct");
    }

    @AfterAll
    static void end() {
        operator.close();
    }

    @Exhaustive
    @Test
    void withoutItsOperatorItServesNobodyAndOneThatWaitsForAStandbyDoes() throws SQLException {
        Cluster lone = cluster("asynchronous", "None");
        Cluster safe = cluster("synchronous", "Majority");
        lone.awaitSettled();
        safe.awaitSettled();
        lone.primary().execute("create table sold (item text)", "insert into sold values ('before')");
        safe.primary().execute("create table sold (item text)");

        operator.kill();
        try {
            await("clients are locked out").untilAsserted(() -> assertThatThrownBy(
                            () -> lone.primary().execute("insert into sold values ('late')"))
                    .isInstanceOf(SQLException.class));
            stays("nobody is let in", SELF_FENCE.multipliedBy(2)).untilAsserted(() -> {
                assertThatThrownBy(() -> lone.primary().value("select 1")).isInstanceOf(SQLException.class);
                safe.primary().execute("insert into sold values ('without the operator')");
            });
        } finally {
            operator = LaptopOperator.start(NAMESPACE, "direct");
        }

        lone.awaitSettled();
        await("the same primary serves again")
                .untilAsserted(() -> lone.primary().execute("insert into sold values ('after')"));
        assertThat(lone.primary().column("select item from sold where item <> 'late' order by ctid"))
                .containsExactly("before", "after");
        assertThat(lone.status().primary()).isEqualTo("asynchronous-0");
    }

    @Test
    void anotherLeadsOnceItHasStoppedItself() throws SQLException {
        Cluster cluster = cluster("replaced", "None");
        cluster.awaitSettled();
        cluster.primary().execute("create table sold (item text)", "insert into sold values ('first')");
        await("a standby has it")
                .untilAsserted(() ->
                        assertThat(cluster.instance(1).column("table sold")).containsExactly("first"));
        cluster.losePod(0);
        try {
            await("it is waited for").until(() -> cluster.status().transition() != null);
            Instant opened = Instant.parse(cluster.status().transition().startedAt());
            await("another leads").untilAsserted(() -> cluster.primary().execute("insert into sold values ('second')"));
            assertThat(cluster.status().primary()).isEqualTo("replaced-1");
            assertThat(Duration.between(opened, Instant.now())).isGreaterThan(SELF_FENCE);
        } finally {
            cluster.letPodComeBack(0);
        }
        cluster.awaitSettled();
        await("the old primary follows")
                .untilAsserted(() ->
                        assertThat(cluster.instance(0).column("table sold")).containsExactly("first", "second"));
    }

    private static Cluster cluster(String name, String synchronous) {
        return NAMESPACE
                .cluster(name)
                .apply("{instances: 2, replication: {synchronous: " + synchronous + "}, failover: {selfFenceSeconds: "
                        + SELF_FENCE.toSeconds() + "}}");
    }
}
