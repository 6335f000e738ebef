package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances, nodes and volumes that fail come back by themselves, with their data. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SelfHealingIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("self-healing");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() throws SQLException {
        ORDERS.apply("{}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)", "insert into sold values ('first')");
    }

    @AfterEach
    void nobodyElseEverLed() {
        assertThat(ORDERS.status().epoch()).isEqualTo(1);
        assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
    }

    @Test
    @Order(1)
    void aDeletedStandbyStreamsAgain() throws SQLException {
        Pod before = ORDERS.pod(2);

        ORDERS.kubectl().does("delete", "pod", "orders-2", "--grace-period=0", "--force");

        awaitNewPod(2, before);
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(2).value("table sold")).isEqualTo("first");
    }

    @Test
    @Order(2)
    void aDeletedPrimaryLeadsAgainBehindTheGate() throws SQLException {
        Pod before = ORDERS.pod(0);

        ORDERS.kubectl().does("delete", "pod", "orders-0");

        awaitNewPod(0, before);
        ORDERS.awaitSettled();
        ORDERS.primary().execute("insert into sold values ('second')");
        assertThat(steps("orders-0")).containsSubsequence("starting", "running", "gate-opened");
    }

    @Test
    @Order(3)
    void aKilledPostmasterIsStartedAgainBehindTheGateInTheSamePod() throws SQLException {
        for (int instance : List.of(0, 1)) {
            String pod = ORDERS.pod(instance).getMetadata().getUid();
            String started = ORDERS.instance(instance).value("select pg_postmaster_start_time()");

            ORDERS.kubectl()
                    .shell("orders-" + instance, "postgres", "kill -9 $(head -n 1 $PGDATA/postmaster.pid)")
                    .orThrow();

            await("another postmaster").untilAsserted(() -> assertThat(
                            ORDERS.instance(instance).value("select pg_postmaster_start_time()"))
                    .isNotEqualTo(started));
            ORDERS.awaitSettled();
            assertThat(ORDERS.pod(instance).getMetadata().getUid()).isEqualTo(pod);
            assertThat(ORDERS.pod(instance)
                            .getStatus()
                            .getContainerStatuses()
                            .get(0)
                            .getRestartCount())
                    .isZero();
        }
        assertThat(steps("orders-0"))
                .containsSubsequence("gate-opened", "crashed", "starting", "running", "gate-opened");
        ORDERS.primary().execute("insert into sold values ('third')");
    }

    @Test
    @Order(4)
    void aKilledContainerComesBack() throws SQLException {
        ORDERS.kubectl().shell("orders-0", "postgres", "kill -TERM 1").orThrow();

        await("a second container")
                .until(() ->
                        ORDERS.pod(0).getStatus().getContainerStatuses().get(0).getRestartCount() == 1);
        ORDERS.awaitSettled();
        assertThat(ORDERS.primary().column("table sold")).containsExactly("first", "second", "third");
    }

    @Test
    @Order(5)
    @OnLocalCluster
    void whileTheNodeOfAStandbyIsOffWritesGoOn() throws SQLException {
        int standby =
                "n1".equals(ORDERS.pod(1).getSpec().getNodeName()) ? 2 : 1; // n1 is this machine's way to Services
        String node = ORDERS.pod(standby).getSpec().getNodeName();
        TestCluster.fault(node, "stop");
        try {
            await("a write").untilAsserted(() -> ORDERS.primary().execute("insert into sold values ('fourth')"));
            await("the primary notices")
                    .until(() -> ORDERS.primary()
                                    .column(
                                            "select application_name from pg_stat_replication where state = 'streaming'")
                                    .size()
                            == 1);
            ORDERS.primary().execute("insert into sold values ('fifth')");
            ORDERS.awaitCondition("Replicated", "False", "orders-" + standby);
            ORDERS.awaitCondition("Ready", "True");
        } finally {
            TestCluster.fault(node, "start");
        }
        ORDERS.awaitSettled();
        await("what it missed")
                .untilAsserted(() -> assertThat(ORDERS.instance(standby).column("table sold"))
                        .contains("fourth", "fifth"));
    }

    @Test
    @Order(6)
    void aStandbyWhoseVolumeWasEmptiedIsCopiedAfresh() throws SQLException {
        Pod before = ORDERS.pod(1);
        ORDERS.kubectl()
                .shell("orders-1", "postgres", "rm -rf /var/lib/matriarch/pgdata /var/lib/matriarch/matriarch; true");

        ORDERS.kubectl().does("delete", "pod", "orders-1", "--grace-period=0", "--force");

        awaitNewPod(1, before);
        awaitCopies("orders-1", 2);
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(1).column("table sold")).contains("first", "third");
    }

    @Test
    @Order(7)
    void aStandbyWhoseVolumeIsLostIsCopiedAfresh() throws SQLException {
        Pod before = ORDERS.pod(2);

        ORDERS.kubectl().does("delete", "pvc", "data-orders-2", "--wait=false");
        ORDERS.kubectl().does("delete", "pod", "orders-2", "--grace-period=0", "--force");

        awaitNewPod(2, before);
        awaitCopies("orders-2", 2);
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(2).column("table sold")).contains("first", "third");
    }

    /** The last: what comes next is an election, which this release doesn't have. */
    @Test
    @Order(8)
    void anEmptyVolumeOfThePrimaryIsNeverInitialisedOver() throws SQLException {
        Pod before = ORDERS.pod(0);
        String identifier = ORDERS.status().systemIdentifier();

        ORDERS.kubectl().does("delete", "pvc", "data-orders-0", "--wait=false");
        ORDERS.kubectl().does("delete", "pod", "orders-0", "--grace-period=0", "--force");

        awaitNewPod(0, before);
        ORDERS.awaitCondition(
                "Ready",
                "False",
                "orders-0 is the primary and its volume is empty. Nothing is initialised over the cluster");
        assertThat(ORDERS.kubectl()
                        .shell("orders-0", "postgres", "ls /var/lib/matriarch")
                        .out())
                .doesNotContain("pgdata");
        assertThat(ORDERS.status().systemIdentifier()).isEqualTo(identifier);
        for (int standby : List.of(1, 2)) {
            assertThat(ORDERS.instance(standby).column("table sold")).contains("first", "third");
            assertThat(ORDERS.instance(standby).value("select pg_is_in_recovery()"))
                    .isEqualTo("t");
        }
        assertThat(ORDERS.replicas().column("table sold")).as("reads go on").contains("first");
    }

    private static void awaitNewPod(int instance, Pod before) {
        await("a new Pod of orders-" + instance)
                .until(() -> ORDERS.pod(instance) != null
                        && !ORDERS.pod(instance)
                                .getMetadata()
                                .getUid()
                                .equals(before.getMetadata().getUid()));
    }

    private static void awaitCopies(String instance, int copies) {
        await(instance + " copies").untilAsserted(() -> assertThat(ORDERS.events())
                .filteredOn(event -> event.getMessage().contains(instance + " copies orders-0"))
                .hasSizeGreaterThanOrEqualTo(copies));
    }

    /** The steps that a supervisor has reported. */
    private static List<String> steps(String pod) {
        return ORDERS.kubectl()
                .does("logs", pod, "-c", "postgres")
                .lines()
                .filter(line -> line.startsWith("matriarch {"))
                .map(line -> line.replaceFirst(".*\"step\":\"([a-z-]*)\".*", "$1"))
                .toList();
    }
}
