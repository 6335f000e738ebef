package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator on a laptop: {@code java -jar} and a kubeconfig, for one namespace, without a route to the Pods. */
@OnLocalCluster
class LaptopIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("laptop");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");
    private static final Path LOG = Path.of("target", "e2e", "laptop.log");

    private static Process operator;

    @BeforeAll
    static void start() throws IOException {
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=0");
        Operator.kubectl()
                .does("wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name=matriarch", "--timeout=120s");
        Files.createDirectories(LOG.getParent());
        ProcessBuilder java = new ProcessBuilder(
                        "java", "-XX:TieredStopAtLevel=1", "-jar", TestCluster.property("app") + "/quarkus-run.jar")
                .redirectErrorStream(true)
                .redirectOutput(LOG.toFile());
        java.environment().put("KUBECONFIG", TestCluster.property("kubeconfig"));
        java.environment().put("QUARKUS_HTTP_PORT", "0");
        java.environment().put("QUARKUS_OPERATOR_SDK_CONTROLLERS_PGCLUSTER_NAMESPACES", NAMESPACE.name());
        java.environment().put("MATRIARCH_REACH", "port-forward");
        java.environment().put("MATRIARCH_POSTGRESQL_IMAGES_17", TestCluster.postgres(17));
        operator = java.start();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        operator.destroy();
        if (!operator.waitFor(20, TimeUnit.SECONDS)) {
            operator.destroyForcibly();
        }
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=2");
        Operator.awaitAvailable();
    }

    @Test
    void aClusterBecomesReadyThroughPortForwards() throws IOException {
        double before = forwards();

        ORDERS.apply("{instances: 2}").awaitSettled();

        assertThat(forwards()).isGreaterThan(before);
        assertThat(operator.isAlive()).isTrue();
        assertThat(Files.readString(LOG)).contains("orders-0 accepts writes");
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
