package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.SteadyReader;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances and volumes that fail come back by themselves, with their data. */
@BesideOthers(seconds = 68)
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
    void nobodyElseLeadsBecauseOfAStandby(TestInfo test) {
        if (!test.getDisplayName().startsWith("anEmptyVolumeOfThePrimary")) {
            assertThat(ORDERS.status().epoch()).isEqualTo(1);
            assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
        }
    }

    @Test
    @Order(1)
    void aDeletedStandbyStreamsAgainAndMeanwhileNobodyIsLedToIt() throws SQLException {
        Pod before = ORDERS.pod(2);
        try (SteadyReader reader = SteadyReader.begin(ORDERS)) {
            ORDERS.kubectl().does("delete", "pod", "orders-2", "--grace-period=0", "--force");
            long away = reader.awaitNotLedTo(before.getStatus().getPodIP());

            awaitNewPod(ORDERS, 2, before);
            ORDERS.awaitSettled();
            assertThat(ORDERS.instance(2).value("table sold")).isEqualTo("first");
            await("it is read from again").until(() -> reader.addresses()
                    .contains(ORDERS.pod(2).getStatus().getPodIP()));
            reader.awaitMore();
            assertThat(reader.failuresAfter(away)).isEmpty();
            assertThat(reader.failures())
                    .as("led to a PostgreSQL that starts")
                    .noneMatch(failure -> failure.what().contains("starting up")
                            || failure.what().contains("not yet accepting"));
            assertThat(reader.wasLedToAPrimary()).isFalse();
        }
    }

    @Test
    @Order(2)
    void aKilledPostmasterOfAStandbyIsStartedAgainInTheSamePod() throws SQLException {
        Pod pod = ORDERS.pod(1);
        String started = ORDERS.instance(1).value("select pg_postmaster_start_time()");

        killPostmaster(ORDERS, "orders-1");

        await("another postmaster")
                .untilAsserted(() -> assertThat(ORDERS.instance(1).value("select pg_postmaster_start_time()"))
                        .isNotEqualTo(started));
        ORDERS.awaitSettled();
        assertThat(ORDERS.pod(1).getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
        assertThat(restarts(1)).isZero();
    }

    @Test
    @Order(3)
    void aKilledContainerComesBack() throws SQLException {
        ORDERS.kubectl().shell("orders-1", "postgres", "kill -TERM 1").orThrow();

        await("a second container").until(() -> restarts(1) == 1);
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(1).column("table sold")).containsExactly("first");
    }

    /** Of two, nobody could take its place and have its commits confirmed. */
    @Test
    @Order(4)
    void aPrimaryThatNobodyCanReplaceLeadsAgainBehindTheGate() throws SQLException {
        Cluster pair = NAMESPACE.cluster("pair");
        pair.apply("{instances: 2}").awaitSettled();
        pair.primary().execute("create table sold (item text)");

        killPostmaster(pair, "pair-0");

        await("it leads again").untilAsserted(() -> pair.primary().execute("insert into sold values ('second')"));
        assertThat(steps(pair, "pair-0"))
                .containsSubsequence("gate-opened", "crashed", "starting", "running", "gate-opened");
        Pod before = pair.pod(0);
        pair.kubectl().does("delete", "pod", "pair-0");
        awaitNewPod(pair, 0, before);
        pair.awaitSettled();
        assertThat(pair.status().epoch()).isEqualTo(1);
        assertThat(steps(pair, "pair-0")).containsSubsequence("starting", "running", "gate-opened");
        pair.kubectl().does("delete", "pgc", "pair");
    }

    @Test
    @Order(5)
    void aStandbyWhoseDataIsDamagedIsCopiedAfresh() throws SQLException {
        ORDERS.kubectl()
                .shell(
                        "orders-2",
                        "postgres",
                        "rm /var/lib/matriarch/pgdata/global/pg_control && kill -9 $(head -n 1 /var/lib/matriarch/pgdata/postmaster.pid)")
                .orThrow();

        ORDERS.awaitEvent("Copying", "orders-2");
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(2).column("table sold")).contains("first");
        ORDERS.awaitEvent("Trouble", "orders-2: its data is damaged. It is copied anew from the primary.");
    }

    @Exhaustive
    @Test
    @Order(6)
    void aStandbyWhoseVolumeWasEmptiedIsCopiedAfresh() throws SQLException {
        Pod before = ORDERS.pod(1);
        ORDERS.kubectl()
                .shell("orders-1", "postgres", "rm -rf /var/lib/matriarch/pgdata /var/lib/matriarch/matriarch; true");

        ORDERS.kubectl().does("delete", "pod", "orders-1", "--grace-period=0", "--force");

        awaitNewPod(ORDERS, 1, before);
        awaitCopies("orders-1", 2);
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(1).column("table sold")).contains("first");
    }

    @Test
    @Order(7)
    void aStandbyWhoseVolumeIsLostIsCopiedAfresh() throws SQLException {
        Pod before = ORDERS.pod(2);

        ORDERS.kubectl().does("delete", "pvc", "data-orders-2", "--wait=false");
        ORDERS.kubectl().does("delete", "pod", "orders-2", "--grace-period=0", "--force");

        awaitNewPod(ORDERS, 2, before);
        awaitCopies("orders-2", 2);
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(2).column("table sold")).contains("first");
    }

    /** The last: another leads from here on. */
    @Test
    @Order(8)
    void anEmptyVolumeOfThePrimaryIsNeverInitialisedOver() throws SQLException {
        Pod before = ORDERS.pod(0);
        String identifier = ORDERS.status().systemIdentifier();

        ORDERS.kubectl().does("delete", "pvc", "data-orders-0", "--wait=false");
        ORDERS.kubectl().does("delete", "pod", "orders-0", "--grace-period=0", "--force");

        awaitNewPod(ORDERS, 0, before);
        await("another leads").until(() -> !"orders-0".equals(ORDERS.status().primary()));
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().systemIdentifier()).isEqualTo(identifier);
        assertThat(ORDERS.status().epoch()).isEqualTo(2);
        ORDERS.primary().execute("insert into sold values ('last')");
        assertThat(ORDERS.primary().column("table sold")).containsExactly("first", "last");
        await("it is a standby")
                .untilAsserted(() ->
                        assertThat(ORDERS.instance(0).column("table sold")).containsExactly("first", "last"));
    }

    private static void killPostmaster(Cluster cluster, String pod) {
        cluster.kubectl()
                .shell(pod, "postgres", "kill -9 $(head -n 1 $PGDATA/postmaster.pid)")
                .orThrow();
    }

    private static int restarts(int instance) {
        return ORDERS.pod(instance).getStatus().getContainerStatuses().get(0).getRestartCount();
    }

    private static void awaitNewPod(Cluster cluster, int instance, Pod before) {
        await("a new Pod of instance " + instance)
                .until(() -> cluster.pod(instance) != null
                        && !cluster.pod(instance)
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
    private static List<String> steps(Cluster cluster, String pod) {
        return cluster.kubectl()
                .does("logs", pod, "-c", "postgres")
                .lines()
                .filter(line -> line.startsWith("matriarch {"))
                .map(line -> line.replaceFirst(".*\"step\":\"([a-z-]*)\".*", "$1"))
                .toList();
    }
}
