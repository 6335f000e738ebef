package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator for single namespaces: on a laptop, by {@code java -jar} and a kubeconfig, without a route to the Pods; and installed by who has one namespace. */
@OnLocalCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LaptopIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("laptop");

    @RegisterExtension
    static final TestNamespace ALONE = new TestNamespace("namespaced");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");
    private static LaptopOperator operator;

    @BeforeAll
    static void start() {
        Operator.away();
        operator = LaptopOperator.start(NAMESPACE, "port-forward");
    }

    @AfterAll
    static void stop() {
        operator.close();
        Operator.back();
    }

    @Test
    @Order(1)
    void aClusterBecomesReadyThroughPortForwards() {
        double before = forwards();

        ORDERS.apply("{instances: 2}").awaitSettled();

        assertThat(forwards()).isGreaterThan(before);
        assertThat(operator.isAlive()).isTrue();
        assertThat(operator.log()).contains("orders-0 accepts writes");
    }

    /** With its own Role and nothing outside of its namespace; beside it the one on the laptop looks after another. */
    @Test
    @Order(2)
    void theOneForANamespaceDoesWithARoleOfIt() throws IOException {
        String manifest = Files.readString(Path.of("install/install-namespaced.yaml"))
                .replace("namespace: matriarch", "namespace: " + ALONE.name())
                .replace("replicas: 2", "replicas: 1")
                .replaceFirst("image: .*", "image: " + Operator.image())
                .replaceFirst(
                        "( *)- name: MATRIARCH_NAMESPACES\n",
                        "$1- {name: MATRIARCH_POSTGRESQL_IMAGES_17, value: '" + TestCluster.postgres(17) + "'}\n$0");
        assertThat(manifest).doesNotContain("ClusterRole").contains("MATRIARCH_POSTGRESQL_IMAGES_17");
        ALONE.kubectl().apply(manifest, "--server-side").orThrow();

        ALONE.cluster("orders").apply("{instances: 2}").awaitSettled();

        assertThat(operator.log()).doesNotContain(ALONE.name());
        assertThat(ALONE.kubectl().does("logs", "deployment/matriarch"))
                .contains(ALONE.name() + "/orders")
                .doesNotContain("orbidden");
    }

    /** What waits for an API server that does not answer would hold it up, as the end of a watch does. */
    @Test
    @Order(3)
    void ctrlCEndsItSoonEvenWhenTheApiServerHangs() throws InterruptedException {
        TestCluster.fault("cp", "freeze");
        try {
            // Two seconds, and as much again for a machine that has other things to do.
            assertThat(operator.interrupt()).isLessThan(Duration.ofSeconds(4));
        } finally {
            TestCluster.fault("cp", "thaw");
        }
        assertThat(operator.exitStatus()).isEqualTo(130);
    }

    /** Port-forwards that the API server has served. */
    private static double forwards() {
        return NAMESPACE
                .kubectl()
                .does("get", "--raw", "/metrics")
                .lines()
                .filter(line ->
                        line.startsWith("apiserver_request_total{") && line.contains("subresource=\"portforward\""))
                .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
                .sum();
    }
}
