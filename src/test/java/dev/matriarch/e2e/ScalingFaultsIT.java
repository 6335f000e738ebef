package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Trap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More instances and fewer while a client writes, and while the primary is lost or is the one to go. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@OnLocalCluster
@Exhaustive
class ScalingFaultsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("scaling-faults");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");
    private static LaptopOperator operator;

    @BeforeAll
    static void begin() {
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=0");
        Operator.awaitGone();
        operator = LaptopOperator.start(NAMESPACE, "direct");
        ORDERS.apply("{}").awaitSettled();
    }

    @AfterAll
    static void end() {
        operator.close();
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=2");
        Operator.awaitAvailable();
    }

    @Test
    @Order(1)
    void fault12AFailoverBecomesNecessaryWhileItIsScaledOut() throws Exception {
        losesItsPrimaryWhileItIsScaledTo(5);
    }

    @Test
    @Order(2)
    void fault12AFailoverBecomesNecessaryWhileItIsScaledIn() throws Exception {
        losesItsPrimaryWhileItIsScaledTo(3);
    }

    @Test
    @Order(3)
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
    @Order(4)
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

    /** It is lost while the rule is being changed for it: two are on record, and the operator goes on only when it has happened. */
    private static void losesItsPrimaryWhileItIsScaledTo(int instances) throws Exception {
        String primary = ORDERS.status().primary();
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore();
            try (Trap trap = Trap.set(ORDERS, PgCluster.class, ScalingFaultsIT::changesItsRule, operator::freeze)) {
                scale(instances);
                trap.await("two rules are on record");
            }
            assertThat(changesItsRule(ORDERS.get())).isTrue();
            ORDERS.kubectl().shell(primary, "postgres", "kill -STOP -1").orThrow();
            operator.thaw();
            await("another leads").until(() -> !ORDERS.status().primary().equals(primary));
            ORDERS.kubectl().shell(primary, "postgres", "kill -CONT -1").orThrow();
            awaitScaled(instances);
            writer.awaitMore();
            writer.verify();
        } finally {
            operator.thaw();
        }
    }

    private static boolean changesItsRule(PgCluster cluster) {
        return cluster.getStatus() != null
                && cluster.getStatus().rules() != null
                && cluster.getStatus().rules().size() == 2;
    }

    private static void scale(int instances) {
        ORDERS.kubectl().does("scale", "pgcluster/orders", "--replicas=" + instances);
    }

    private static void awaitScaled(int instances) {
        ORDERS.awaitSettled();
        await("as many Pods").until(() -> ORDERS.status().instances() == instances);
    }
}
