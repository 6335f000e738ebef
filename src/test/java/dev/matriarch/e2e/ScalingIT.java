package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus.Phase;
import dev.matriarch.api.PgClusterStatus.Rule;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More instances and fewer, none for a while, and an operator that is told to keep its hands off. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 66)
class ScalingIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("scaling");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() throws SQLException {
        ORDERS.apply("{}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)", "insert into sold values ('before')");
    }

    @Test
    @Order(1)
    void fiveInstancesWaitForTwoOfFour() throws SQLException {
        scale(5);

        assertThat(ORDERS.status().rules())
                .containsExactly(new Rule(
                        "orders-0", List.of("orders-1/e1", "orders-2/e1", "orders-3/e1", "orders-4/e1"), 2, null));
        assertThat(ORDERS.primary().value("show synchronous_standby_names")).startsWith("ANY 2 (");
        assertThat(slots()).containsExactly("orders_1", "orders_2", "orders_3", "orders_4");
        assertThat(ORDERS.instance(4).value("table sold")).isEqualTo("before");
        assertThat(ORDERS.secret("app", "uri-multihost")).contains("orders-4.orders-pods");
    }

    @Test
    @Order(2)
    void theInstancesThatGoLeaveTheRuleFirstAndTheirVolumesStay() throws SQLException {
        scale(3);

        assertThat(ORDERS.status().rules())
                .containsExactly(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 1, null));
        await("no slot keeps WAL for them").until(() -> slots().equals(List.of("orders_1", "orders_2")));
        await("no Pod").until(() -> ORDERS.pod(3) == null && ORDERS.pod(4) == null);
        assertThat(ORDERS.kubectl().does("get", "pvc", "-o", "name").lines()).hasSize(5);
        assertThat(ORDERS.status().phase()).isEqualTo(Phase.Running);
        assertThat(ORDERS.secret("app", "uri-multihost")).doesNotContain("orders-3.orders-pods");
        ORDERS.primary().execute("insert into sold values ('meanwhile')");
    }

    @Test
    @Order(3)
    void theyRejoinWithTheirVolumes() throws SQLException {
        scale(5);

        assertThat(slots()).containsExactly("orders_1", "orders_2", "orders_3", "orders_4");
        await("the row").untilAsserted(() -> assertThat(ORDERS.instance(4).column("table sold"))
                .containsExactly("before", "meanwhile"));
        assertThat(ORDERS.events())
                .filteredOn(event -> event.getMessage().contains("orders-4 copies"))
                .as("copied once, when it was new")
                .hasSize(1);
        scale(3);
    }

    @Test
    @Order(4)
    void aScaledStatefulSetIsPutBackWithTheRightCommand() {
        ORDERS.kubectl().does("scale", "statefulset/orders", "--replicas=4");

        ORDERS.awaitEvent("ScaledElsewhere", "kubectl scale pgcluster/orders --replicas=4");
        await("three again").until(() -> ORDERS.kubectl()
                .does("get", "sts/orders", "-o", "jsonpath={.spec.replicas}")
                .equals("3"));
        await("no Pod").until(() -> ORDERS.pod(3) == null);
        ORDERS.awaitSettled();
    }

    @Test
    @Order(5)
    void hibernationStopsAllInstancesAndKeepsTheirVolumes() throws SQLException {
        String identifier = ORDERS.status().systemIdentifier();

        ORDERS.patch("{\"hibernated\": true}");

        await("hibernated")
                .untilAsserted(() -> assertThat(ORDERS.status().phase()).isEqualTo(Phase.Hibernated));
        ORDERS.awaitCondition("Ready", "False", "spec.hibernated is true");
        ORDERS.awaitEvent("Hibernated", "all instances are stopped");
        assertThat(ORDERS.kubectl().does("get", "pods", "-o", "name")).isEmpty();
        assertThat(ORDERS.kubectl().does("get", "pvc", "-o", "name").lines()).hasSize(5);

        ORDERS.patch("{\"hibernated\": false}");

        ORDERS.awaitSettled();
        assertThat(ORDERS.primary().column("table sold")).containsExactly("before", "meanwhile");
        assertThat(ORDERS.status().systemIdentifier()).isEqualTo(identifier);
        assertThat(ORDERS.status().epoch()).isEqualTo(1);
    }

    @Test
    @Order(6)
    void whilePausedNothingIsChanged() throws SQLException {
        ORDERS.patch("{\"paused\": true}");
        ORDERS.awaitCondition("Progressing", "False", "spec.paused is true: the operator changes nothing");
        assertThat(ORDERS.status().phase()).isEqualTo(Phase.Paused);
        ORDERS.awaitEvent("Paused", "the operator changes nothing");

        ORDERS.kubectl().does("delete", "service", "orders-replicas");
        ORDERS.kubectl().does("scale", "pgc/orders", "--replicas=4");

        stays("as it is", Duration.ofSeconds(4))
                .until(() -> NAMESPACE
                                        .client()
                                        .services()
                                        .inNamespace(NAMESPACE.name())
                                        .withName("orders-replicas")
                                        .get()
                                == null
                        && ORDERS.pod(3) == null);
        ORDERS.primary().execute("insert into sold values ('paused')");

        ORDERS.patch("{\"paused\": false, \"instances\": 3}");
        ORDERS.awaitSettled();
        ORDERS.awaitEvent("Resumed");
        await("the Service").untilAsserted(() -> assertThat(ORDERS.replicas().column("table sold"))
                .contains("paused"));
    }

    @Test
    @Order(7)
    void oneInstanceWaitsForNobodyAndCanBeDrained() throws SQLException {
        scale(1);

        assertThat(ORDERS.primary().value("show synchronous_standby_names")).isEmpty();
        assertThat(ORDERS.status().rules()).containsExactly(new Rule("orders-0", List.of(), 0, null));
        assertThat(ORDERS.kubectl().does("get", "poddisruptionbudgets", "-o", "name"))
                .isEmpty();
        ORDERS.primary().execute("insert into sold values ('alone')");
    }

    private static void scale(int instances) {
        ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=" + instances);
        ORDERS.awaitSettled();
        await("as many Pods").until(() -> ORDERS.status().instances() == instances);
    }

    private static List<String> slots() throws SQLException {
        return ORDERS.primary().column("select slot_name from pg_replication_slots order by 1");
    }
}
