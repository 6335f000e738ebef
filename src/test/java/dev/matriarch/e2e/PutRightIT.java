package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 22: somebody edits or deletes what belongs to a cluster, and it is put right without a restart. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 40)
class PutRightIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("put-right");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() throws SQLException {
        ORDERS.apply("{instances: 2}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)", "insert into sold values ('first')");
    }

    @AfterEach
    void theDatabaseIsAsItWas() {
        ORDERS.awaitSettled();
        await("the way to the primary")
                .untilAsserted(
                        () -> assertThat(ORDERS.primary().value("table sold")).isEqualTo("first"));
        assertThat(ORDERS.status().epoch()).isEqualTo(1);
    }

    @Test
    @Order(1)
    void whatWasDeletedIsThereAgainWithoutARestart() {
        List<String> containers = containers();
        for (String object : List.of(
                "service/orders",
                "service/orders-pods",
                "service/orders-primary",
                "service/orders-replicas",
                "endpointslice/orders-primary",
                "configmap/orders-config",
                "poddisruptionbudget/orders",
                "poddisruptionbudget/orders-primary",
                "serviceaccount/orders")) {
            String uid = uid(object);
            ORDERS.kubectl().does("delete", object);
            await("another " + object)
                    .untilAsserted(() -> assertThat(uid(object)).isNotEmpty().isNotEqualTo(uid));
        }
        assertThat(containers()).isEqualTo(containers);
    }

    @Test
    @Order(2)
    void aDeletedSecretIsThereAgainWithTheSamePassword() {
        for (String suffix : List.of("superuser", "app")) {
            String password = ORDERS.secret(suffix, "password");
            ORDERS.kubectl().does("delete", "secret", "orders-" + suffix);
            await("the Secret").untilAsserted(() -> assertThat(ORDERS.secret(suffix, "password"))
                    .isEqualTo(password));
        }
        String own = ORDERS.secret("internal", "matriarch");
        ORDERS.kubectl().does("delete", "secret", "orders-internal");
        await("the Secret").untilAsserted(() -> assertThat(ORDERS.secret("internal", "matriarch"))
                .isEqualTo(own));
    }

    @Test
    @Order(3)
    void whatWasEditedIsPutRight() {
        ORDERS.kubectl()
                .does(
                        "patch",
                        "service",
                        "orders-primary",
                        "-p",
                        "{\"spec\": {\"ports\": [{\"port\": 5432, \"targetPort\": 99}]}}");
        await("the port").until(() -> ORDERS.kubectl()
                .does("get", "service", "orders-primary", "-o", "jsonpath={.spec.ports[*].targetPort}")
                .matches("5432|postgresql"));

        ORDERS.kubectl()
                .does(
                        "patch",
                        "configmap",
                        "orders-config",
                        "-p",
                        "{\"data\": {\"pg_hba.conf\": \"host all all all trust\"}}");
        await("the lines").until(() -> ORDERS.kubectl()
                .does("get", "configmap", "orders-config", "-o", "jsonpath={.data.pg_hba\\.conf}")
                .contains("matriarch_replication"));

        ORDERS.kubectl()
                .does(
                        "patch",
                        "endpointslice",
                        "orders-primary",
                        "--type=json",
                        "-p",
                        "[{\"op\": \"replace\", \"path\": \"/endpoints/0/addresses\", \"value\": [\"203.0.113.9\"]}]");
        await("the address").until(() -> ORDERS.kubectl()
                .does("get", "endpointslice", "orders-primary", "-o", "jsonpath={.endpoints[*].addresses[*]}")
                .equals(ORDERS.pod(0).getStatus().getPodIP()));

        ORDERS.awaitEvent("Restored", "Service orders-primary had been changed and was put right");
        ORDERS.awaitEvent("Restored", "ConfigMap orders-config had been changed and was put right");
        ORDERS.awaitEvent("Restored", "EndpointSlice orders-primary had been changed and was put right");
    }

    /** Without it the operator does not see the claim, nor the mark on it; so it is with one that a user has made beforehand. */
    @Test
    @Order(3)
    void aClaimGetsItsLabelsBack() {
        String labels = "jsonpath={.metadata.labels}";
        String before = ORDERS.kubectl().does("get", "pvc", "data-orders-1", "-o", labels);

        ORDERS.kubectl()
                .does(
                        "label",
                        "pvc",
                        "data-orders-1",
                        "postgres.matriarch.dev/cluster-",
                        "app.kubernetes.io/managed-by-");

        await("its labels", Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ORDERS.kubectl().does("get", "pvc", "data-orders-1", "-o", labels))
                        .isEqualTo(before));
    }

    @Test
    @Order(4)
    void roleLabelsAndAssignmentsAreSetAgain() {
        List<String> containers = containers();
        String assignment = assignment();

        ORDERS.kubectl().does("label", "pod", "orders-0", "postgres.matriarch.dev/role-");
        ORDERS.kubectl().does("label", "pod", "orders-1", "postgres.matriarch.dev/role=primary", "--overwrite");
        ORDERS.kubectl().does("annotate", "pod", "orders-1", "postgres.matriarch.dev/assignment-");

        await("roles").untilAsserted(() -> assertThat(
                        ORDERS.kubectl().does("get", "pods", "-L", "postgres.matriarch.dev/role", "--no-headers"))
                .containsPattern("orders-0 .* primary")
                .containsPattern("orders-1 .* replica"));
        await("the assignment").untilAsserted(() -> assertThat(assignment()).isEqualTo(assignment));
        assertThat(containers()).isEqualTo(containers);
    }

    /** Its StatefulSet lets go of a Pod without it, and makes no other while it is there. */
    @Test
    @Order(5)
    void aPodGetsTheLabelOfItsClusterBackAndGoesOn() {
        List<String> containers = containers();
        for (String pod : List.of("orders-1", "orders-0")) {
            ORDERS.kubectl().does("label", "pod", pod, "postgres.matriarch.dev/cluster-");

            ORDERS.awaitEvent("Restored", "Pod " + pod + " had lost its label postgres.matriarch.dev/cluster");
            await("its StatefulSet has it again").untilAsserted(() -> assertThat(ORDERS.kubectl()
                            .does("get", "pod", pod, "-o", "jsonpath={.metadata.ownerReferences[*].uid}"))
                    .isEqualTo(uid("statefulset/orders")));
            ORDERS.awaitSettled();
        }
        assertThat(containers()).isEqualTo(containers);
        assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
    }

    @Test
    @Order(6)
    void aStatefulSetThatLeftItsPodsTakesThemBack() {
        List<String> containers = containers();
        String uid = uid("statefulset/orders");

        // kubectl may wait for ever for the end of one whose name another has taken already.
        ORDERS.kubectl().does("delete", "statefulset", "orders", "--cascade=orphan", "--wait=false");

        await("another StatefulSet")
                .untilAsserted(
                        () -> assertThat(uid("statefulset/orders")).isNotEmpty().isNotEqualTo(uid));
        await("its Pods").untilAsserted(() -> assertThat(
                        ORDERS.pod(1).getMetadata().getOwnerReferences().get(0).getUid())
                .isEqualTo(uid("statefulset/orders")));
        assertThat(containers()).isEqualTo(containers);
    }

    @Test
    @Order(7)
    void aStatefulSetThatTookItsPodsAlongComesBackWithTheData() {
        String pod = ORDERS.pod(0).getMetadata().getUid();

        ORDERS.kubectl().does("delete", "statefulset", "orders");

        await("another Pod")
                .until(() -> ORDERS.pod(0) != null
                        && !ORDERS.pod(0).getMetadata().getUid().equals(pod));
    }

    private static String uid(String object) {
        return ORDERS.kubectl()
                .tries("get", object, "-o", "jsonpath={.metadata.uid}")
                .out();
    }

    private static String assignment() {
        return ORDERS.kubectl()
                .does(
                        "get",
                        "pod",
                        "orders-1",
                        "-o",
                        "jsonpath={.metadata.annotations.postgres\\.matriarch\\.dev/assignment}");
    }

    /** Which containers run, and since when. */
    private static List<String> containers() {
        return ORDERS.kubectl()
                .does(
                        "get",
                        "pods",
                        "-l",
                        "postgres.matriarch.dev/cluster=orders",
                        "-o",
                        "jsonpath={range .items[*]}{.status.containerStatuses[*].containerID} {.status.containerStatuses[*].restartCount}{\"\\n\"}{end}")
                .lines()
                .toList();
    }
}
