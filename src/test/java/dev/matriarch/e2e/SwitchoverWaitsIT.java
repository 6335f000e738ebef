package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a switchover waits for before it begins, each with its words; and that it fails with them when its deadline passes meanwhile. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers
@Exhaustive
class SwitchoverWaitsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-waits");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    /** Half a minute of a busy table is easily more than a person wants to wait for when nobody can write. */
    @Test
    @Order(1)
    void aTargetThatHasNotReplayedIsTooFarBehind() throws SQLException {
        ORDERS.apply("{}").awaitSettled();
        ORDERS.instance(2).execute("select pg_wal_replay_pause()");
        ORDERS.primary().execute("create table sold as select generate_series(1, 20000) as item");

        Switchover first = Switchover.apply(ORDERS, "a-first", "target: orders-2\nmaxLag: 64Ki\ndeadlineSeconds: 5")
                .awaitPhase(
                        Phase.Preparing,
                        "TargetTooFarBehind",
                        "orders-2 is ",
                        "bytes behind, and spec.maxLag allows 65536.");
        Switchover second = Switchover.apply(ORDERS, "b-second", "target: orders-2\nmaxLag: 64Ki")
                .awaitPhase(Phase.Pending, "WaitsForAnother", "PgSwitchover a-first of this cluster goes first.");
        first.awaitPhase(
                Phase.Failed,
                "TargetTooFarBehind",
                "It did not begin within spec.deadlineSeconds, 5 s.",
                "orders-2 is ");
        second.awaitPhase(Phase.Preparing, "TargetTooFarBehind", "orders-2 is ");
        assertThat(ORDERS.status().epoch()).as("nothing was changed").isEqualTo(1);

        ORDERS.instance(2).execute("select pg_wal_replay_resume()");
        assertThat(second.awaitCompleted().status().from()).isEqualTo("orders-0");
        ORDERS.awaitSettled();
        assertThat(ORDERS.primary().value("select count(*) from sold")).isEqualTo("20000");
    }

    /** It has all, and has not replayed it: it does when it is promoted, and clients wait no longer than allowed. */
    @Test
    @Order(2)
    void aTargetWhoseReplayIsPausedGoesOnWhenItIsPromoted() throws Exception {
        ORDERS.instance(0).execute("select pg_wal_replay_pause()");
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore();
            PgSwitchoverStatus status = Switchover.apply(ORDERS, "paused-replay", "target: orders-0")
                    .awaitEnded()
                    .status();
            assertThat(status.phase()).as("%s", status).isEqualTo(Phase.Completed);
            ORDERS.awaitSettled();
            writer.awaitMore();
            writer.verify();
        }
    }

    @Test
    @Order(3)
    void oneThatIsDeletedBeforeItBeginsChangesNothing() throws SQLException {
        long epoch = ORDERS.status().epoch();
        Switchover asked = Switchover.apply(
                ORDERS,
                "deleted",
                "target: orders-2\nmaxLag: \"0\"\nnotBefore: \""
                        + Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS) + "\"");
        asked.awaitPhase(Phase.Pending, "NotBefore", "It starts at ");
        asked.delete();
        await("it is gone").until(() -> asked.get() == null);
        Switchover.apply(ORDERS, "next", "target: orders-2").awaitCompleted();
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().epoch()).as("one, and not two").isEqualTo(epoch + 1);
    }

    @Test
    @Order(4)
    void whileTheClusterIsHibernatedItWaits() {
        String primary = ORDERS.status().primary();
        ORDERS.patch("{\"hibernated\": true}");
        await("hibernated").until(() -> ORDERS.status().phase() == dev.matriarch.api.PgClusterStatus.Phase.Hibernated);
        Switchover late = Switchover.apply(ORDERS, "late", "deadlineSeconds: 5")
                .awaitPhase(Phase.Pending, "ClusterHibernated", "spec.hibernated is true: all instances are stopped.");
        late.awaitPhase(
                Phase.Failed,
                "ClusterHibernated",
                "It did not begin within spec.deadlineSeconds, 5 s.",
                "spec.hibernated is true");
        Switchover waits = Switchover.apply(ORDERS, "waits", "deadlineSeconds: 300")
                .awaitPhase(Phase.Pending, "ClusterHibernated", "all instances are stopped");
        ORDERS.patch("{\"hibernated\": false}");
        waits.awaitPhase(Phase.Completed, "SwitchedOver");
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().primary()).isNotEqualTo(primary);
    }

    /** Where commits wait for nobody a failover takes as long as the old primary may take to stop itself: long enough to be looked at. */
    @Test
    @Order(5)
    void oneThatIsAskedForDuringAFailoverWaitsForThat() throws SQLException {
        Cluster loose = NAMESPACE.cluster("loose");
        loose.apply("{replication: {synchronous: None}, failover: {selfFenceSeconds: 5}}")
                .awaitSettled();
        loose.kubectl().shell("loose-0", "postgres", "kill -STOP -1").orThrow();
        await("a failover").until(() -> loose.status().transition() != null);
        Switchover asked = Switchover.apply(loose, "meanwhile", "")
                .awaitPhase(
                        Phase.Pending,
                        "FailingOver",
                        "loose-0 is lost or being replaced. The switchover waits for that.");
        await("another leads").until(() -> !"loose-0".equals(loose.status().primary()));
        String elected = loose.status().primary();
        loose.kubectl().shell("loose-0", "postgres", "kill -CONT -1").orThrow();
        PgSwitchoverStatus status = asked.awaitCompleted().status();
        assertThat(status.from()).isEqualTo(elected);
        loose.awaitSettled();
        assertThat(loose.status().primary()).isEqualTo(status.to());
    }
}
