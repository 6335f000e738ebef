package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestNamespace;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 24: fewer instances, of which the primary is one that goes, and more, while a client writes. */
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

    private static void scale(int instances) {
        ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=" + instances);
    }

    private static void awaitScaled(int instances) {
        ORDERS.awaitSettled();
        await("as many Pods").until(() -> ORDERS.status().instances() == instances);
    }
}
