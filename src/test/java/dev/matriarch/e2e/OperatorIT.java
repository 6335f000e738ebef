package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator as the manifest installs it. */
@OnLocalCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("operated");

    private static final Logger LOG = Logger.getLogger(OperatorIT.class);

    /** Twice what is promised, which a quiet machine keeps: others work on this one. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(10);

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() {
        Operator.awaitAvailable();
        ORDERS.apply("{instances: 2}").awaitSettled();
    }

    @Test
    @Order(1)
    void ofTwoReplicasOneLeads() {
        assertThat(Operator.pods()).hasSize(2).doesNotHaveDuplicates();
        assertThat(Operator.pods().stream().map(pod -> pod.getSpec().getNodeName()))
                .doesNotHaveDuplicates();
        assertThat(Operator.holder()).isNotEmpty();
        assertThat(Operator.pods()).contains(Operator.leader());
        await("it knows").untilAsserted(() -> assertThat(Operator.pods())
                .filteredOn(OperatorIT::leads)
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactly(Operator.leader().getMetadata().getName()));
        Pod leader = Operator.leader();
        Pod other =
                Operator.pods().stream().filter(pod -> !leads(pod)).findFirst().orElseThrow();
        long byLeader = Operator.reconciles(leader);
        long byOther = Operator.reconciles(other); // it may have led before
        aDeletedServiceComesBack();
        assertThat(Operator.reconciles(leader)).isGreaterThan(byLeader);
        assertThat(Operator.reconciles(other)).isEqualTo(byOther);
    }

    @Test
    @Order(2)
    void bothSayThatTheyAreLiveReadyAndStarted() {
        for (Pod pod : Operator.pods()) {
            for (String kind : List.of("live", "ready", "started")) {
                given().baseUri("http://" + pod.getStatus().getPodIP() + ":8080")
                        .get("/q/health/" + kind)
                        .then()
                        .statusCode(200)
                        .body("status", equalTo("UP"));
            }
        }
    }

    @Test
    @Order(3)
    void theLeaderHasMetricsOfItsReconciles() {
        assertThat(Operator.get(Operator.leader(), "/q/metrics"))
                .contains("matriarch_reconcile_seconds_count{controller=\"pgcluster\",outcome=\"success\"}")
                .contains("matriarch_reconcile_seconds{controller=\"pgcluster\",outcome=\"success\",quantile=\"0.99\"}")
                .contains("jvm_memory_used_bytes");
        assertThat(Operator.reconciles()).isPositive();
    }

    @Test
    @Order(4)
    void itHasAllThePermissionsThatItNeeds() {
        // In a namespace that is being deleted nothing may be made by anybody.
        List<String> refused = Operator.logs()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).contains("forbidden")
                        || line.contains("Code: 403")
                        || line.contains("code=403"))
                .filter(line -> !line.contains("because it is being terminated"))
                .toList();

        assertThat(refused).isEmpty();
    }

    @Test
    @Order(5)
    void aPasswordIsNowhereButInItsSecret() {
        List<String> passwords = NAMESPACE.client().secrets().inNamespace(NAMESPACE.name()).list().getItems().stream()
                .map(Secret::getData)
                .flatMap(data -> data.entrySet().stream())
                .filter(entry -> List.of("password", "POSTGRES_PASSWORD", "matriarch", "matriarch_replication")
                        .contains(entry.getKey()))
                .map(entry -> new String(Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8))
                .toList();
        assertThat(passwords).hasSize(5);

        String everything = Operator.logs()
                + ORDERS.kubectl().does("get", "pgc,sts,pods,svc,configmaps,pvc,events,endpointslices", "-o", "yaml")
                + ORDERS.kubectl().does("logs", "orders-0")
                + ORDERS.kubectl().does("logs", "orders-1")
                + ORDERS.kubectl()
                        .shell("orders-0", "postgres", "cat /proc/*/cmdline /proc/1/environ | tr '\\0' '\\n'")
                        .out();

        assertThat(everything).contains("orders-0 accepts writes").doesNotContain(passwords);
    }

    /** SIGKILL, as when memory is out: its Lease is not released, and whoever leads next is the one that was started again in its Pod, or the other. */
    @Test
    @Order(6)
    void aLeaderThatIsKilledReleasesNothingAndIsStartedAgain() throws Exception {
        Pod leader = Operator.leader();
        int restarts = Operator.restarts();
        long began = System.nanoTime();

        Callable<Boolean> again = Operator.kill(leader);

        Set<String> holders = new TreeSet<>();
        await("one leads, and the killed one is there again")
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    holders.add(Operator.holder());
                    return again.call()
                            && Operator.pods().stream()
                                            .filter(OperatorIT::leads)
                                            .count()
                                    == 1;
                });
        LOG.infof("It was ready again, and one of them led, %d ms after it was killed", millisSince(began));
        assertThat(holders).as("nobody has released the Lease").doesNotContain("");
        assertThat(Operator.restarts()).isEqualTo(restarts + 1);
        aDeletedServiceComesBack();
        ORDERS.awaitSettled();
    }

    /** Its process gets no time, as on a node that is dead: nothing is released, and it is not started again. */
    @Test
    @Order(7)
    void whenTheLeaderHangsTheOtherLeads() throws Exception {
        Pod leader = Operator.leader();
        Pod other = other(leader);
        String holder = Operator.holder();
        Callable<Boolean> again;
        try {
            Operator.hang(leader);
            long began = System.nanoTime();
            Set<String> holders = new TreeSet<>();
            await("the other leads").pollInterval(Duration.ofMillis(50)).until(() -> {
                holders.add(Operator.holder());
                return leads(other);
            });
            Duration passed = Duration.ofNanos(System.nanoTime() - began);
            LOG.infof("The other led %d ms after the first hung", passed.toMillis());
            assertThat(holders)
                    .as("nobody has released the Lease")
                    .doesNotContain("")
                    .contains(holder);
            // A Lease is respected for 3.5 s after its last renewal; looking takes time on a machine that has other
            // things to do.
            assertThat(passed).isLessThan(TAKEN_OVER);
            aDeletedServiceComesBack();
            ORDERS.kubectl().does("scale", "pgc/orders", "--replicas=3");
            ORDERS.awaitSettled();
        } finally {
            again = Operator.kill(leader);
        }
        await("the one that hung is there again").until(again);
        Operator.awaitAvailable();
    }

    /** An API server that takes connections and answers nothing: nobody can renew the Lease, and nobody is told so. */
    @Test
    @Order(8)
    void aLeaderThatCannotRenewItsLeaseStopsInTimeAndLeadsAgainWithoutARestart() {
        Pod leader = Operator.leader();
        List<Pod> pods = Operator.pods();
        int restarts = Operator.restarts();

        TestCluster.fault("cp", "freeze");
        try {
            long began = System.nanoTime();
            await("it does not lead any more")
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !leads(leader));
            Duration led = Duration.ofNanos(System.nanoTime() - began);
            LOG.infof("It led for %d ms more", led.toMillis());
            // 2.5 s from its last renewal on; looking takes time on a machine that has other things to do.
            assertThat(led).isLessThan(Duration.ofSeconds(10));
            assertThat(pods).noneMatch(OperatorIT::leads);
        } finally {
            TestCluster.fault("cp", "thaw");
        }

        await("one leads")
                .untilAsserted(
                        () -> assertThat(pods).filteredOn(OperatorIT::leads).hasSize(1));
        aDeletedServiceComesBack();
        ORDERS.awaitSettled();
        assertThat(Operator.restarts()).isEqualTo(restarts);
    }

    @Test
    @Order(9)
    void aLeaderThatEndsGivesItsLeaseBackAtOnce() {
        Pod leader = Operator.leader();
        Pod other = other(leader);

        long began = System.nanoTime();
        Operator.kubectl().does("delete", "pod", leader.getMetadata().getName(), "--wait=false");
        await("the other leads").pollInterval(Duration.ofMillis(50)).until(() -> leads(other));

        LOG.infof("The other led %d ms after the first was told to end", millisSince(began));
        Operator.awaitAvailable();
        ORDERS.awaitSettled();
    }

    private static Pod other(Pod leader) {
        return Operator.pods().stream()
                .filter(each -> !each.getMetadata()
                        .getName()
                        .equals(leader.getMetadata().getName()))
                .findFirst()
                .orElseThrow();
    }

    private static boolean leads(Pod pod) {
        return Operator.get(pod, "/q/metrics").contains("\nmatriarch_leader 1.0\n");
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }

    private static void aDeletedServiceComesBack() {
        String uid = service();
        ORDERS.kubectl().does("delete", "service", "orders-replicas");
        await("the Service is there again")
                .until(() -> !service().isEmpty() && !service().equals(uid));
    }

    private static String service() {
        return ORDERS.kubectl()
                .tries("get", "service", "orders-replicas", "-o", "jsonpath={.metadata.uid}")
                .out();
    }
}
