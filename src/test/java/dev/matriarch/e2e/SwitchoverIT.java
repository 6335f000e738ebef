package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A planned change of the primary, as a person asks for it. Under load, and with faults, it is in {@link ChaosIT}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 112)
class SwitchoverIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() throws SQLException {
        ORDERS.apply("{}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)", "insert into sold values ('first')");
    }

    @Test
    @Order(1)
    void theTargetLeadsAndTheReportSaysWhatItTook() throws SQLException {
        String started = ORDERS.instance(1).value("select pg_postmaster_start_time()");
        PgSwitchoverStatus status;
        try (Connection client = ORDERS.primary().connect()) {
            status = Switchover.apply(ORDERS, "to-1", "target: orders-1")
                    .awaitCompleted()
                    .status();
            assertThatThrownBy(() -> client.createStatement().execute("insert into sold values ('never')"))
                    .as("what drivers take for a broken connection, and try again elsewhere")
                    .isInstanceOfSatisfying(SQLException.class, ended -> assertThat(ended.getSQLState())
                            .isIn("57P01", "08006"));
        }

        assertThat(status.from()).isEqualTo("orders-0");
        assertThat(status.to()).isEqualTo("orders-1");
        assertThat(status.timeline()).isEqualTo(3);
        assertThat(status.fromLsn()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(status.writeOutageMilliseconds()).isPositive();
        assertThat(status.phases())
                .extracting(PgSwitchoverStatus.PhaseTime::name)
                .containsExactly(Phase.Preparing, Phase.Demoting, Phase.Verifying, Phase.Promoting, Phase.Following);
        assertThat(status.phases())
                .allSatisfy(each -> assertThat(each.milliseconds()).isNotNull());
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().primary()).isEqualTo("orders-1");
        assertThat(ORDERS.status().epoch()).isEqualTo(2);
        assertThat(ORDERS.status().lastTransition().kind()).isEqualTo("Switchover");
        assertThat(ORDERS.primary().value("select pg_is_in_recovery()")).isEqualTo("f");
        ORDERS.primary().execute("insert into sold values ('second')");
        assertThat(ORDERS.instance(1).value("select pg_postmaster_start_time()"))
                .as("it was promoted, not restarted")
                .isEqualTo(started);
        await("the old primary has all")
                .untilAsserted(() ->
                        assertThat(ORDERS.instance(0).column("table sold")).containsExactly("first", "second"));
    }

    @Test
    @Order(2)
    void theOldPrimaryIsNeitherRewoundNorCopied() {
        assertThat(ORDERS.kubectl().does("logs", "orders-0"))
                .contains("\"step\":\"stopped\"")
                .doesNotContain("\"step\":\"rejoining\"")
                .doesNotContain("\"step\":\"cloning\"");
    }

    @Test
    @Order(3)
    void bothResourcesTellIt() {
        ORDERS.awaitEvent("Demoting", "orders-0");
        ORDERS.awaitEvent("Promoted", "orders-1");
        ORDERS.awaitEvent("SwitchedOver", "orders-1 leads, and no longer orders-0. Writes waited for ");
        await("Events of the PgSwitchover").untilAsserted(() -> {
            String events = ORDERS.kubectl()
                    .does(
                            "get",
                            "events",
                            "--field-selector=involvedObject.kind=PgSwitchover,involvedObject.name=to-1");
            assertThat(events).contains("Preparing:", "Demoting:", "Promoting:", "SwitchedOver", "orders-1 leads");
        });
        assertThat(ORDERS.kubectl().does("get", "pgsw", "to-1"))
                .containsPattern("NAME +CLUSTER +FROM +TO +PHASE +OUTAGE +AGE")
                .containsPattern("to-1 +orders +orders-0 +orders-1 +Completed +[0-9]+ ");
        assertThat(ORDERS.kubectl().does("get", "pgsw", "to-1", "-o", "wide"))
                .containsPattern("OUTAGE +AGE +REASON")
                .containsPattern("Completed +[0-9]+ +[0-9a-z]+ +SwitchedOver");
    }

    @Test
    @Order(4)
    void whatCannotBeIsRefusedAtOnce() {
        Switchover.apply(ORDERS, "to-the-primary", "target: orders-1")
                .awaitPhase(Phase.Failed, "TargetIsPrimary", "orders-1 is the primary already");
        Switchover.apply(ORDERS, "to-nobody", "target: orders-7")
                .awaitPhase(Phase.Failed, "UnknownTarget", "orders-0 to orders-2");
        Switchover stray = Switchover.applyFor(ORDERS, "stray", "nowhere", "deadlineSeconds: 5")
                .awaitPhase(Phase.Pending, "ClusterNotFound", "there is no PgCluster nowhere");
        stray.awaitPhase(Phase.Failed, "ClusterNotFound", "there is no PgCluster nowhere");
        assertThat(ORDERS.status().epoch()).isEqualTo(2);
    }

    @Test
    @Order(5)
    void ofTwoTheSecondWaitsForTheFirst() {
        Switchover first = Switchover.apply(ORDERS, "a-to-2", "target: orders-2");
        Switchover second = Switchover.apply(ORDERS, "b-to-0", "target: orders-0\nttlSecondsAfterFinished: 5");
        first.awaitCompleted();
        PgSwitchoverStatus status = second.awaitCompleted().status();
        assertThat(status.from()).isEqualTo("orders-2");
        assertThat(Instant.parse(status.startedAt()))
                .isAfterOrEqualTo(Instant.parse(first.status().completedAt()));
        await("its time to live is over").until(() -> second.get() == null);
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
        assertThat(ORDERS.status().epoch()).isEqualTo(4);
    }

    @Test
    @Order(6)
    void oneWhoseTimeHasNotComeWaitsAndKeepsNobodyWaiting() {
        Switchover later = Switchover.apply(ORDERS, "later", "notBefore: \"2100-01-01T00:00:00Z\"")
                .awaitPhase(Phase.Pending, "NotBefore", "2100-01-01T00:00:00Z");
        Instant time = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
        PgSwitchoverStatus status = Switchover.apply(ORDERS, "soon", "notBefore: \"" + time + "\"")
                .awaitCompleted()
                .status();
        assertThat(status.to()).isIn("orders-1", "orders-2");
        assertThat(Instant.parse(status.startedAt())).isAfterOrEqualTo(time);
        later.delete();
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().epoch()).isEqualTo(5);
    }

    @Test
    @Order(7)
    void whileThePgClusterIsPausedItWaits() {
        String primary = ORDERS.status().primary();
        ORDERS.patch("{\"paused\": true}");
        Switchover paused = Switchover.apply(ORDERS, "paused", "")
                .awaitPhase(Phase.Pending, "ClusterPaused", "spec.paused of the PgCluster is true");
        stays("as it is", Duration.ofSeconds(2))
                .until(() -> primary.equals(ORDERS.status().primary()));
        ORDERS.patch("{\"paused\": false}");
        paused.awaitCompleted();
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().primary()).isNotEqualTo(primary);
    }

    /** The primary hangs already when the switchover is asked for: a failover comes first. */
    @Test
    @Order(8)
    void aPrimaryThatHangsIsReplaced() throws SQLException {
        String primary = ORDERS.status().primary();
        ORDERS.primary().execute("insert into sold values ('third')");
        ORDERS.kubectl().shell(primary, "postgres", "kill -STOP -1").orThrow();
        Switchover hangs = Switchover.apply(ORDERS, "hangs", "deadlineSeconds: 20");
        await("another leads").until(() -> !primary.equals(ORDERS.status().primary()));
        ORDERS.kubectl().shell(primary, "postgres", "kill -CONT -1").orThrow();
        await("it has ended").until(() -> PgSwitchoverStatus.isFinished(hangs.status()));
        ORDERS.awaitSettled();
        assertThat(ORDERS.primary().column("table sold")).containsExactly("first", "second", "third");
    }

    /** Fault 24. Out again, from one to five, it is in {@link ScalingFaultsIT}. */
    @Test
    @Order(9)
    void fault24ThePrimaryHasTheHighestOrdinalWhenItIsScaledIn() throws SQLException {
        if (!"orders-2".equals(ORDERS.status().primary())) {
            Switchover.apply(ORDERS, "to-2", "target: orders-2").awaitCompleted();
        }
        ORDERS.awaitSettled();
        long epoch = ORDERS.status().epoch();
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore();
            ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=1");
            ORDERS.awaitSettled();
            await("one Pod").until(() -> ORDERS.status().instances() == 1);
            writer.awaitMore();
            writer.verify();
        }
        assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
        assertThat(ORDERS.status().epoch()).isEqualTo(epoch + 1);
        assertThat(ORDERS.status().lastTransition().planned().name())
                .as("nobody asked for it")
                .isNull();
        assertThat(ORDERS.primary().column("table sold")).containsExactly("first", "second", "third");
        Switchover.apply(ORDERS, "alone", "").awaitPhase(Phase.Failed, "NoStandby", "one instance");
    }

    @Test
    @Order(10)
    void ofTwoInstancesTheOldPrimaryConfirmsWhatTheNewOneHasAndNobodyIsLedToItMeanwhile() throws SQLException {
        Cluster pair = NAMESPACE.cluster("pair");
        pair.apply("{instances: 2}").awaitSettled();
        pair.primary().execute("create table sold as select 'first' as item");
        try (SteadyWriter writer = SteadyWriter.begin(pair)) {
            writer.awaitMore();
            Switchover.apply(pair, "pair", "").awaitCompleted();
            writer.awaitMore();
            writer.verify();
            // Nobody is led to it before it is told to come up (SwitchoverTest); but what a node's kube-proxy takes up
            // is up to a second old.
            assertThat(writer.ledToAStandbyFor()).isLessThan(Duration.ofMillis(1500));
        }
        pair.awaitSettled();
        assertThat(pair.status().primary()).isEqualTo("pair-1");
        assertThat(pair.primary().column("table sold")).isEqualTo(List.of("first"));
    }

    @Test
    @Order(11)
    void withoutSynchronousReplicationNothingIsLostEither() throws SQLException {
        Cluster loose = NAMESPACE.cluster("loose");
        loose.apply("{instances: 2, replication: {synchronous: None}}").awaitSettled();
        loose.primary().execute("create table sold as select generate_series(1, 10000) as item");
        Switchover.apply(loose, "loose", "").awaitCompleted();
        loose.awaitSettled();
        assertThat(loose.primary().value("select count(*) from sold")).isEqualTo("10000");
    }
}
