package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.ApiServerFault;
import dev.matriarch.e2e.support.ApiServerProxy;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Command;
import dev.matriarch.e2e.support.Kubectl;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The operator for single namespaces: on a laptop, by {@code java -jar} and a kubeconfig, without a route to the Pods; and installed by who has one namespace. */
@OnLocalCluster
@OwnOperator(seconds = 50)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LaptopIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("laptop");

    @RegisterExtension
    static final TestNamespace ALONE = new TestNamespace("namespaced");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");
    private static ApiServerProxy proxy;
    private static LaptopOperator operator;

    @BeforeAll
    static void start() {
        proxy = ApiServerProxy.open(NAMESPACE.name());
        operator = LaptopOperator.start(NAMESPACE, proxy.kubeconfig(), Map.of("MATRIARCH_REACH", "port-forward"));
    }

    @AfterAll
    static void stop() {
        operator.close();
        proxy.close();
    }

    @Test
    @Order(1)
    void aClusterBecomesReadyThroughPortForwards() {
        long began = System.nanoTime();

        ORDERS.apply("{instances: 2}").awaitSettled();

        assertThat(proxy.count(began, each -> each.target().contains("/pods/orders-0/portforward")))
                .isPositive();
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
                        "$1- {name: MATRIARCH_POSTGRESQL_IMAGES_17, value: '" + TestCluster.postgres(17) + "'}\n"
                                + "$1- {name: MATRIARCH_SETTLED_INTERVAL, value: 1s}\n$0");
        assertThat(manifest).doesNotContain("ClusterRole").contains("MATRIARCH_POSTGRESQL_IMAGES_17");
        ALONE.kubectl().apply(manifest, "--server-side").orThrow();

        ALONE.cluster("orders").apply("{instances: 2}").awaitSettled();

        assertThat(operator.log()).doesNotContain(ALONE.name());
        assertThat(ALONE.kubectl().does("logs", "deployment/matriarch"))
                .contains(ALONE.name() + "/orders")
                .doesNotContain("orbidden");
    }

    /**
     * The second says it at its start, for it sees the Lease of the first; the first when the second has written over its name twice. The second has the permissions of
     * {@code laptop.yaml} and no other.
     */
    @Test
    @Order(3)
    void twoForTheSameNamespaceAreTold(@TempDir Path folder) throws IOException {
        Cluster orders = ALONE.cluster("orders");
        assertThat(orders.status().operator()).isEqualTo(ALONE.name());

        try (LaptopOperator second = LaptopOperator.start(
                ALONE,
                kubeconfigOfLaptop(folder),
                Map.of("MATRIARCH_REACH", "port-forward", "MATRIARCH_SETTLED_INTERVAL", "1s"))) {
            assertThat(second.log()).contains("Another operator works for this cluster: ");
            orders.awaitEvent(
                    "SecondOperator", "the one in the namespace " + ALONE.name() + ", and one that runs as process");
        }
    }

    private static Path kubeconfigOfLaptop(Path folder) throws IOException {
        Kubectl kubectl = ALONE.kubectl();
        kubectl.does("apply", "-f", "install/laptop.yaml");
        kubectl.does("create", "serviceaccount", "dba");
        kubectl.does(
                "create",
                "rolebinding",
                "matriarch-laptop",
                "--clusterrole=matriarch-laptop",
                "--serviceaccount=" + ALONE.name() + ":dba");
        Path kubeconfig = Files.copy(Path.of(TestCluster.property("kubeconfig")), folder.resolve("kubeconfig"));
        for (List<String> words : List.of(
                List.of("set-credentials", "dba", "--token=" + kubectl.does("create", "token", "dba")),
                List.of("set-context", "--current", "--user=dba"))) {
            List<String> command = new ArrayList<>(
                    List.of(TestCluster.property("kubectl"), "--kubeconfig", kubeconfig.toString(), "config"));
            command.addAll(words);
            Command.run(command, "", Map.of()).orThrow();
        }
        return kubeconfig;
    }

    /** What waits for an API server that does not answer would hold it up, as the end of a watch does. */
    @Test
    @Order(4)
    void ctrlCEndsItSoonEvenWhenTheApiServerHangs() throws InterruptedException {
        proxy.treat(ApiServerFault.SILENT);

        // Two seconds, and as much again for a machine that has other things to do.
        assertThat(operator.interrupt()).isLessThan(Duration.ofSeconds(4));

        assertThat(operator.exitStatus()).isEqualTo(130);
    }
}
