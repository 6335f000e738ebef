package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestNamespace;
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
    private static LaptopOperator operator;

    @BeforeAll
    static void start() {
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=0");
        Operator.awaitGone();
        operator = LaptopOperator.start(NAMESPACE, "port-forward");
    }

    @AfterAll
    static void stop() {
        operator.close();
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=2");
        Operator.awaitAvailable();
    }

    @Test
    void aClusterBecomesReadyThroughPortForwards() {
        double before = forwards();

        ORDERS.apply("{instances: 2}").awaitSettled();

        assertThat(forwards()).isGreaterThan(before);
        assertThat(operator.isAlive()).isTrue();
        assertThat(operator.log()).contains("orders-0 accepts writes");
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
