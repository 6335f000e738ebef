package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Toolbox;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every step of the two texts that this project grew from: "Deploying PostgreSQL Clusters using StatefulSets" (2017) and "StatefulSets Revisited".
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 60)
class SeedsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("seeds");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    private static Toolbox toolbox;

    @BeforeAll
    static void oneApply() {
        ORDERS.apply("{}").awaitSettled();
        toolbox = Toolbox.start(ORDERS);
    }

    @Test
    @Order(1)
    void oneApplyMakesThreePodsThatRun() {
        assertThat(ORDERS.kubectl().does("get", "pods", "-l", "postgres.matriarch.dev/cluster=orders", "--no-headers"))
                .satisfies(text -> assertThat(text.lines())
                        .hasSize(3)
                        .allSatisfy(line -> assertThat(line).contains("1/1").contains("Running")))
                .contains("orders-0 ", "orders-1 ", "orders-2 ");
    }

    @Test
    @Order(2)
    void thePasswordOfTheSecretOpensPsqlThroughThePrimaryService() {
        String who = toolbox.psql("-h", "orders-primary", "-U", "postgres", "postgres", "-Atc", "select current_user")
                .orThrow()
                .out();

        assertThat(who).isEqualTo("postgres\n");
        assertThat(toolbox.psql(
                        "-h", "orders-primary", "-U", "postgres", "-d", "dbname=postgres password=wrong", "-c", ""))
                .satisfies(refused -> assertThat(refused.err()).contains("password authentication failed"));
    }

    @Test
    @Order(3)
    void pgdataIsASubdirectoryOfTheVolume() throws SQLException {
        assertThat(ORDERS.instance(0).value("show data_directory")).isEqualTo("/var/lib/matriarch/pgdata");
        assertThat(ORDERS.kubectl()
                        .shell("orders-0", "postgres", "echo $PGDATA; grep ' /var/lib/matriarch ' /proc/mounts")
                        .orThrow()
                        .lines())
                .hasSize(2)
                .first()
                .isEqualTo("/var/lib/matriarch/pgdata");
    }

    @Test
    @Order(4)
    void eachPodHasAClaimOfOneGibibyte() {
        assertThat(ORDERS.kubectl()
                        .does(
                                "get",
                                "pvc",
                                "-o",
                                "custom-columns=:.metadata.name,:.spec.resources.requests.storage,:.spec.accessModes[*],:.status.phase",
                                "--no-headers")
                        .lines()
                        .map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly(
                        "data-orders-0 1Gi ReadWriteOnce Bound",
                        "data-orders-1 1Gi ReadWriteOnce Bound",
                        "data-orders-2 1Gi ReadWriteOnce Bound");
    }

    @Test
    @Order(5)
    void theHeadlessServiceHasAnAddressRecordForEachPod() {
        await("A records").untilAsserted(() -> assertThat(
                        toolbox.busybox("nslookup -type=a orders-pods.matriarch-test-seeds.svc.cluster.local")
                                .out())
                .contains(IntStream.range(0, 3)
                        .mapToObj(i -> "Address: " + ORDERS.pod(i).getStatus().getPodIP())
                        .toList()));
    }

    @Test
    @Order(6)
    void theHeadlessServiceHasAServiceRecordForEachPod() {
        String answer = toolbox.busybox("nslookup -type=srv orders-pods.matriarch-test-seeds.svc.cluster.local")
                .orThrow()
                .out();

        for (int i = 0; i < 3; i++) {
            assertThat(answer)
                    .containsPattern(
                            "orders-pods.matriarch-test-seeds.svc.cluster.local\tservice = 0 [0-9]+ 5432 orders-" + i
                                    + ".orders-pods.matriarch-test-seeds.svc.cluster.local");
        }
        assertThat(toolbox.busybox(
                                "nslookup -type=srv _postgresql._tcp.orders-pods.matriarch-test-seeds.svc.cluster.local")
                        .out())
                .contains("5432 orders-0.orders-pods");
    }

    @Test
    @Order(7)
    void eachPodIsReachedByItsNameFromAnotherPod() {
        for (int i = 0; i < 3; i++) {
            String name = "orders-" + i + ".orders-pods.matriarch-test-seeds.svc.cluster.local";
            assertThat(toolbox.busybox("nc -w 3 " + name + " 5432 </dev/null").status())
                    .as("a connection to %s", name)
                    .isZero();
            assertThat(toolbox.psql("-h", name, "-U", "postgres", "postgres", "-Atc", "select inet_server_addr()")
                            .out())
                    .isEqualTo(ORDERS.pod(i).getStatus().getPodIP() + "\n");
        }
    }

    @Test
    @Order(8)
    void tablePgStatReplicationThroughThePrimaryServiceShowsEachStandby() throws SQLException {
        assertThat(toolbox.psql("-h", "orders-primary", "-U", "postgres", "postgres", "-c", "table pg_stat_replication")
                        .out())
                .contains("orders-1/e1", "orders-2/e1", "streaming", "(2 rows)");
        assertThat(ORDERS.primary().column("select application_name from pg_stat_replication order by 1"))
                .containsExactly("orders-1/e1", "orders-2/e1");
    }

    @Test
    @Order(9)
    void createTableThroughTheReplicaServiceFailsAsReadOnly() {
        assertThat(toolbox.psql(
                        "-h", "orders-replicas", "-U", "postgres", "postgres", "-c", "create table foo (id int)"))
                .satisfies(refused -> assertThat(refused.status()).isNotZero())
                .satisfies(refused ->
                        assertThat(refused.err()).contains("cannot execute CREATE TABLE in a read-only transaction"));
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> ORDERS.replicas().execute("create table foo (id int)"))
                .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("25006"));
    }

    @Test
    @Order(10)
    void aRowWrittenThroughThePrimaryServiceIsReadThroughTheReplicaService() throws SQLException {
        ORDERS.primary().execute("create table seed (text text)", "insert into seed values ('sown')");

        await("the row on a standby")
                .untilAsserted(
                        () -> assertThat(ORDERS.replicas().value("table seed")).isEqualTo("sown"));
    }

    /** Of a standby, whose primary and name stay; and of the primary, whose place another takes. */
    @Test
    @Order(11)
    void aNewAddressOfAPodIsPickedUpWithNoChangeOfConfiguration() throws SQLException {
        for (int restarted : List.of(1, 0)) {
            String address = ORDERS.pod(restarted).getStatus().getPodIP();
            String uid = ORDERS.pod(restarted).getMetadata().getUid();
            List<String> before = configuration();

            ORDERS.kubectl().does("delete", "pod", "orders-" + restarted);

            await("a new orders-" + restarted)
                    .until(() -> !uid.equals(ORDERS.pod(restarted).getMetadata().getUid()));
            ORDERS.awaitSettled();
            assertThat(ORDERS.pod(restarted).getStatus().getPodIP()).isNotEqualTo(address);
            assertThat(standbys()).hasSize(2).doesNotContain(ORDERS.status().primary());
            assertThat(ORDERS.status().epoch()).isEqualTo(restarted == 1 ? 1 : 2);
            assertThat(ORDERS.primary().value("table seed")).isEqualTo("sown");
            assertThat(configuration()).isEqualTo(before);
        }
    }

    private static List<String> configuration() {
        return List.of(
                ORDERS.kubectl().does("get", "configmap/orders-config", "-o", "jsonpath={.metadata.resourceVersion}"),
                ORDERS.kubectl().does("get", "statefulset/orders", "-o", "jsonpath={.metadata.generation}"));
    }

    /** Those that stream, as the primary Service shows them. */
    private static List<String> standbys() throws SQLException {
        return ORDERS.primary()
                .column("select split_part(application_name, '/', 1) from pg_stat_replication order by 1");
    }

    /** By its label, so that {@code kubectl port-forward svc/orders} finds it too. */
    @Test
    @Order(12)
    void theServiceOfTheClustersNameLeadsToThePrimaryToo() {
        await("psql -h orders").untilAsserted(() -> assertThat(
                        toolbox.psql("-h", "orders", "-U", "postgres", "postgres", "-Atc", "select inet_server_addr()")
                                .out())
                .isEqualTo(ORDERS.pod(ORDERS.status().primary()).getStatus().getPodIP() + "\n"));
    }

    @Test
    @Order(13)
    void twoInstancesBecomeThreeByKubectlScale() throws SQLException {
        ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=2");
        ORDERS.awaitSettled();
        await("two Pods").until(() -> ORDERS.pod(2) == null);
        assertThat(standbys()).hasSize(1).doesNotContain("orders-2");

        ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=3");
        ORDERS.awaitSettled();

        assertThat(standbys()).hasSize(2).contains("orders-2");
        assertThat(ORDERS.instance(2).value("table seed")).isEqualTo("sown");
    }

    @Test
    @Order(14)
    void onASharedClaimEachPodHasADirectoryOfItsName() throws SQLException {
        ORDERS.kubectl().does("delete", "pgc", "orders", "--wait=false");
        ORDERS.kubectl().apply("""
                        apiVersion: v1
                        kind: PersistentVolumeClaim
                        metadata: {name: pgset-pvc}
                        spec:
                          accessModes: [ReadWriteMany]
                          storageClassName: shared
                          resources: {requests: {storage: 1Gi}}
                        """).orThrow();
        Cluster pgset = NAMESPACE.cluster("pgset");
        pgset.apply("{instances: 2, storage: {sharedClaimName: pgset-pvc}}").awaitSettled();
        pgset.primary().execute("create table seed (text text)", "insert into seed values ('shared')");
        await("the row on the standby")
                .untilAsserted(
                        () -> assertThat(pgset.instance(1).value("table seed")).isEqualTo("shared"));

        toolbox = Toolbox.start(pgset, "pgset-pvc");

        assertThat(toolbox.busybox("cd /share && echo */pgdata/PG_VERSION")
                        .orThrow()
                        .out())
                .isEqualTo("pgset-0/pgdata/PG_VERSION pgset-1/pgdata/PG_VERSION\n");
        assertThat(pgset.status().postgresVersion()).isEqualTo(TestCluster.postgresVersion(17));
    }

    @Exhaustive
    @Test
    @Order(15)
    void onASharedClaimTheDataIsBackWhenTheClusterIsDeletedAndMadeAgain() throws SQLException {
        Cluster pgset = NAMESPACE.cluster("pgset");
        pgset.kubectl().does("delete", "pgc", "pgset");
        await("its Pods are gone").until(() -> pgset.pod(0) == null && pgset.pod(1) == null);

        pgset.apply("{instances: 2, storage: {sharedClaimName: pgset-pvc}}").awaitSettled();

        assertThat(pgset.primary().value("table seed")).isEqualTo("shared");
        assertThat(pgset.instance(1).value("table seed")).isEqualTo("shared");
    }
}
