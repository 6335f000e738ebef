package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Trap;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fault 24: fewer instances, of which the primary is one that goes, and more, while a client writes; and fault 12, a failover in the middle of that. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers
@Exhaustive
class ScalingFaultsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("scaling-faults");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() {
        ORDERS.apply("{}").awaitSettled();
    }

    @Test
    @Order(1)
    void fault24FromThreeToOneWhileTheHighestOrdinalIsThePrimary() throws Exception {
        if (!"orders-2".equals(ORDERS.status().primary())) {
            Switchover.apply(ORDERS, "to-2", "target: orders-2").awaitCompleted();
            ORDERS.awaitSettled();
        }
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore();
            scale(1);
            awaitScaled(1);
            assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
            assertThat(ORDERS.status().lastTransition().kind()).isEqualTo("Switchover");
            writer.awaitMore();
            writer.verify();
        }
    }

    @Test
    @Order(2)
    void fault24FromOneToFive() throws Exception {
        long epoch = ORDERS.status().epoch();
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore();
            scale(5);
            awaitScaled(5);
            writer.awaitMore();
            writer.verify();
        }
        assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
        assertThat(ORDERS.status().epoch()).as("nobody else was to lead").isEqualTo(epoch);
    }

    /** The primary hangs as soon as the rules of before and of after are both on record, or the StatefulSet has the new size: from five to three, and out again. */
    @ParameterizedTest
    @Order(3)
    @ValueSource(ints = {3, 5})
    void fault12AFailoverBecomesNecessaryWhileItScales(int instances) throws Exception {
        String before = ORDERS.status().primary();
        long epoch = ORDERS.status().epoch();
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore();
            try (Trap trap = Trap.in(NAMESPACE, () -> signal(before, "STOP"))) {
                trap.when(PgCluster.class, each -> each.getStatus().rules().size() > 1)
                        .when(StatefulSet.class, each -> each.getSpec().getReplicas() == instances);
                scale(instances);
                trap.await("it scales");
                await("another leads")
                        .until(() -> !before.equals(ORDERS.status().primary()));
            } finally {
                signal(before, "CONT");
            }
            awaitScaled(instances);
            writer.awaitMore();
            writer.verify();
        }
        assertThat(ORDERS.status().epoch()).isGreaterThan(epoch);
        assertThat(ORDERS.status().rules()).singleElement().satisfies(rule -> assertThat(rule.required())
                .isEqualTo(instances / 2));
    }

    private static void signal(String instance, String name) {
        ORDERS.kubectl().shell(instance, "postgres", "kill -" + name + " -1").orThrow();
    }

    private static void scale(int instances) {
        ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=" + instances);
    }

    private static void awaitScaled(int instances) {
        ORDERS.awaitSettled();
        await("as many Pods").until(() -> ORDERS.status().instances() == instances);
    }
}
