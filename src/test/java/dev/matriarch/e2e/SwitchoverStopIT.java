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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An old primary that does not stop as it should: the stop is bounded, and afterwards one leads and nothing is lost. */
@BesideOthers
@Exhaustive
class SwitchoverStopIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-stop");

    /** The stop becomes an immediate one after this. */
    private static final Duration FAST = Duration.ofSeconds(30);

    /** After 45 s it is given up, however little is heard; the rest is for a machine that has other things to do. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    private String primary;
    private long epoch;
    private SteadyWriter writer;

    @BeforeAll
    static void make() {
        ORDERS.apply("{}").awaitSettled();
    }

    @BeforeEach
    void begin() throws SQLException {
        ORDERS.awaitSettled();
        primary = ORDERS.status().primary();
        epoch = ORDERS.status().epoch();
        writer = SteadyWriter.begin(ORDERS);
        writer.awaitMore();
    }

    @AfterEach
    void end() {
        writer.close();
    }

    /** PostgreSQL waits for each of its backends, until it is told to stop immediately. */
    @Test
    void aBackendThatDoesNotEndMakesTheStopAnImmediateOneAndTheOldPrimaryLeadsAgain() throws SQLException {
        PgSwitchoverStatus status = whileABackendDoesNotEnd("backend-1", 120);
        for (int again = 2;
                again <= 3 && reason(status).equals("TargetLost");
                again++) { // its machine was too busy to answer
            ORDERS.awaitSettled();
            primary = ORDERS.status().primary();
            status = whileABackendDoesNotEnd("backend-" + again, 120);
        }
        assertThat(status.phase()).isEqualTo(Phase.Failed);
        assertReason(
                status,
                "PrimaryDidNotStop",
                "The old primary did not stop cleanly",
                primary + " is told to lead again");
        assertThat(demoting(status)).isBetween(FAST, BOUND);
        assertThat(ORDERS.kubectl().does("logs", primary, "-c", "postgres"))
                .contains("received immediate shutdown request");
        assertGoesOn();
        assertThat(ORDERS.status().epoch()).isGreaterThan(epoch);
    }

    /** One that does not even write a checkpoint is not stopped. */
    @Test
    void aPostmasterThatGetsNoTimeIsNotStoppedAtAll() {
        String postmaster = "$(head -n 1 $PGDATA/postmaster.pid)";
        signal("STOP", postmaster);
        try {
            Switchover.apply(ORDERS, "postmaster", "deadlineSeconds: 5")
                    .awaitPhase(Phase.Preparing, "Checkpointing", primary + " writes a checkpoint.")
                    .awaitPhase(
                            Phase.Failed,
                            "Checkpointing",
                            "It did not begin within spec.deadlineSeconds, 5 s.",
                            primary + " writes a checkpoint.");
        } finally {
            signal("CONT", postmaster);
        }
        assertGoesOn();
        assertThat(ORDERS.status().epoch()).as("nothing was changed").isEqualTo(epoch);
    }

    /** The old primary waits at its end until its standbys have what it wrote, and gives up one that is silent after {@code wal_sender_timeout}. */
    @Test
    void aStandbyThatHangsOnlyDelaysTheStop() {
        String target = standby(0);
        String other = standby(1);
        ORDERS.kubectl().shell(other, "postgres", "kill -STOP -1").orThrow();
        PgSwitchoverStatus status;
        try {
            status = Switchover.apply(ORDERS, "standby", "target: " + target)
                    .awaitCompleted()
                    .status();
        } finally {
            ORDERS.kubectl().shell(other, "postgres", "kill -CONT -1").orThrow();
        }
        assertThat(demoting(status)).isLessThan(FAST);
        assertGoesOn();
        assertThat(ORDERS.status().primary()).isEqualTo(target);
    }

    @Test
    void theDeadlinePassesWhileItIsBeingStopped() throws SQLException {
        PgSwitchoverStatus status = whileABackendDoesNotEnd("deadline", 5);
        assertThat(status.phase()).isEqualTo(Phase.Failed);
        assertReason(
                status,
                "DeadlineExceeded",
                "Nobody was elected within spec.deadlineSeconds",
                primary + " is told to lead again");
        assertGoesOn();
    }

    @Test
    void itIsWithdrawnWhileThePrimaryIsBeingStopped() throws SQLException {
        try (Connection client = ORDERS.primary().connect()) {
            String backend = backend(client);
            signal("STOP", backend);
            Switchover asked = Switchover.apply(ORDERS, "withdrawn", "")
                    .awaitPhase(Phase.Demoting, "Demoting", primary + " is being stopped");
            asked.delete();
            await("it is taken back").until(() -> ORDERS.status().transition() == null);
            signal("CONT", backend);
        }
        assertGoesOn();
        assertThat(ORDERS.status().lastSwitchover().planned().reversal()).isEqualTo("Withdrawn");
        ORDERS.awaitEvent(
                "SwitchoverFailed", "is given up, because its PgSwitchover was deleted; " + primary + " leads again");
    }

    private PgSwitchoverStatus whileABackendDoesNotEnd(String name, int deadlineSeconds) throws SQLException {
        try (Connection client = ORDERS.primary().connect()) {
            String backend = backend(client);
            signal("STOP", backend);
            try {
                return Switchover.apply(ORDERS, name, "deadlineSeconds: " + deadlineSeconds)
                        .awaitEnded()
                        .status();
            } finally {
                ORDERS.kubectl().shell(primary, "postgres", "kill -CONT " + backend); // it may be gone by now
            }
        }
    }

    private void assertGoesOn() {
        ORDERS.awaitSettled();
        writer.awaitMore();
        writer.verify();
    }

    private static String backend(Connection client) throws SQLException {
        try (Statement statement = client.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private void signal(String name, String process) {
        ORDERS.kubectl()
                .shell(primary, "postgres", "kill -" + name + " " + process)
                .orThrow();
    }

    private String standby(int index) {
        return IntStream.range(0, 3)
                .mapToObj(ordinal -> "orders-" + ordinal)
                .filter(each -> !each.equals(primary))
                .toList()
                .get(index);
    }

    private static Duration demoting(PgSwitchoverStatus status) {
        return status.phases().stream()
                .filter(each -> each.name() == Phase.Demoting)
                .map(each -> Duration.ofMillis(each.milliseconds()))
                .findFirst()
                .orElseThrow();
    }

    private static void assertReason(PgSwitchoverStatus status, String reason, String... words) {
        assertThat(reason(status)).isEqualTo(reason);
        assertThat(status.conditions())
                .allSatisfy(each -> assertThat(each.message()).contains(words));
    }

    private static String reason(PgSwitchoverStatus status) {
        return status.conditions().get(0).reason();
    }
}
