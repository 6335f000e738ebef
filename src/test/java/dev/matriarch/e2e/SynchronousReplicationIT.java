package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus.Rule;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That a commit waits for a majority, and that what waits is what is on record. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 35)
class SynchronousReplicationIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("synchronous");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() throws SQLException {
        ORDERS.apply("{}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)");
    }

    @Test
    @Order(1)
    void oneOfTwoStandbysConfirmsEachCommit() throws SQLException {
        assertThat(inForce()).isEqualTo("ANY 1 (\"orders-1/e1\",\"orders-2/e1\")");
        assertThat(ORDERS.primary().value("show synchronous_commit")).isEqualTo("on");
        assertThat(ORDERS.primary().column("select sync_state from pg_stat_replication"))
                .containsExactly("quorum", "quorum");
    }

    @Test
    @Order(2)
    void theRuleInForceIsTheOneOnRecord() throws SQLException {
        assertThat(ORDERS.status().rules())
                .containsExactly(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 1, null));
        assertThat(ORDERS.primary().value("show matriarch.generation"))
                .isEqualTo(ORDERS.status().ruleGeneration().toString());
        assertThat(ORDERS.primary().value("show matriarch.epoch"))
                .isEqualTo(ORDERS.status().epoch().toString());
        assertThat(ORDERS.kubectl().does("get", "pvc", "data-orders-0", "-o", "jsonpath={.metadata.annotations}"))
                .contains("postgres.matriarch.dev/mark")
                .contains(ORDERS.status().systemIdentifier());
    }

    @Test
    @Order(3)
    void withOneStandbyAwayWritesGoOnAndWithBothAwayTheyWait() throws Exception {
        String first = stopReceiving(1);
        String second = null;
        try {
            ORDERS.primary().execute("insert into sold values ('with one')");

            second = stopReceiving(2);
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> insert("with none"));

            await("the commit waits for a standby").until(() -> ORDERS.primary()
                    .column("select query from pg_stat_activity where wait_event = 'SyncRep'")
                    .contains("insert into sold values ('with none')"));
            ORDERS.awaitCondition(
                    "Ready", "False", "Writes wait: 1 of orders-1/e1, orders-2/e1 must confirm each commit");
            assertThat(commit).isNotDone();
            assertThat(ORDERS.primary().value("select count(*) from sold")).isEqualTo("1");

            receiveAgain(1, first);
            commit.get(60, TimeUnit.SECONDS);
        } finally {
            receiveAgain(1, first);
            receiveAgain(2, second);
        }
        ORDERS.awaitSettled();
        await("both rows on both standbys").untilAsserted(() -> {
            assertThat(ORDERS.instance(1).value("select count(*) from sold")).isEqualTo("2");
            assertThat(ORDERS.instance(2).value("select count(*) from sold")).isEqualTo("2");
        });
        assertThat(ORDERS.status().rules()).hasSize(1);
        assertThat(inForce()).isEqualTo("ANY 1 (\"orders-1/e1\",\"orders-2/e1\")");
    }

    @Test
    @Order(4)
    void aNumberOfStandbysCanBeAskedFor() throws SQLException {
        ORDERS.patch("{\"replication\": {\"synchronous\": 2}}");
        ORDERS.awaitSettled();
        assertThat(inForce()).isEqualTo("ANY 2 (\"orders-1/e1\",\"orders-2/e1\")");
        assertThat(ORDERS.status().rules())
                .containsExactly(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 2, null));
    }

    @Test
    @Order(5)
    void noneCanBeAskedForToo() throws SQLException {
        ORDERS.patch("{\"replication\": {\"synchronous\": \"None\"}}");
        ORDERS.awaitSettled();
        assertThat(inForce()).isEmpty();
        assertThat(ORDERS.status().rules())
                .containsExactly(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 0, 10));
        assertThat(ORDERS.instance(0)
                        .value("select pg_read_file('/var/run/postgresql/fence')")
                        .strip())
                .as("and it stops itself without the operator")
                .isEqualTo("10");
    }

    /** Two checkpoints come first: on a slow disk each takes longer than a statement of the operator may. */
    @Test
    @Order(6)
    void andAMajorityAgainHoweverLongTheCheckpointsTake() throws SQLException {
        String checkpointer =
                ORDERS.primary().value("select pid from pg_stat_activity where backend_type = 'checkpointer'");
        ORDERS.kubectl()
                .shell("orders-0", "postgres", "kill -STOP " + checkpointer)
                .orThrow();
        try {
            ORDERS.patch("{\"replication\": {\"synchronous\": \"Majority\"}}");
            await("one that has taken more than 3 s").until(() -> ORDERS.primary()
                    .value("select count(*) from pg_stat_activity where query = 'checkpoint'"
                            + " and state = 'active' and clock_timestamp() - query_start > '3 s'")
                    .equals("1"));
        } finally {
            ORDERS.kubectl()
                    .shell("orders-0", "postgres", "kill -CONT " + checkpointer)
                    .orThrow();
        }
        ORDERS.awaitSettled();
        assertThat(inForce()).isEqualTo("ANY 1 (\"orders-1/e1\",\"orders-2/e1\")");
    }

    private static String inForce() throws SQLException {
        return ORDERS.primary().value("show synchronous_standby_names");
    }

    private static void insert(String item) {
        try {
            ORDERS.primary().execute("insert into sold values ('" + item + "')");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops a standby's walreceiver in the middle of whatever it does; its process is given back. */
    private static String stopReceiving(int standby) throws SQLException {
        String process = ORDERS.instance(standby).value("select pid from pg_stat_wal_receiver");
        ORDERS.kubectl()
                .shell("orders-" + standby, "postgres", "kill -STOP " + process)
                .orThrow();
        return process;
    }

    /** Lets it go on; it may have ended meanwhile. */
    private static void receiveAgain(int standby, String process) {
        if (process != null) {
            ORDERS.kubectl().shell("orders-" + standby, "postgres", "kill -CONT " + process);
        }
    }
}
