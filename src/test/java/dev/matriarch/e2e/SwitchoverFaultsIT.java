package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Harm;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.SwitchoverTrial;
import dev.matriarch.e2e.support.TestNamespace;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What goes wrong exactly in a phase of a switchover, while a client writes. That the operator dies is in {@link OperatorDiesIT}; after every single step all of it
 * happens in {@code decide.SwitchoverFaultsTest}, at any moment in {@link ChaosIT}.
 */
@OnLocalCluster
@OwnOperator(seconds = 52)
class SwitchoverFaultsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-faults");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");
    private static LaptopOperator operator;

    @BeforeAll
    static void begin() {
        operator = LaptopOperator.start(NAMESPACE, "direct");
        ORDERS.apply("{}").awaitSettled();
    }

    @AfterAll
    static void end() {
        operator.close();
    }

    /** Fault 11. Each of the two in each phase is in {@link SwitchoverPhasesIT}. */
    @Test
    void fault11ThePrimaryHangsWhenItIsToStop() throws Exception {
        new SwitchoverTrial(ORDERS, operator).run(Phase.Demoting, Harm.PRIMARY_HANGS);
    }

    /** Fault 12. */
    @Test
    void fault12AFailoverBecomesNecessaryInTheMiddleOfASwitchover() throws Exception {
        new SwitchoverTrial(ORDERS, operator).run(Phase.Promoting, Harm.TARGET_HANGS);
        assertThat(ORDERS.status().lastTransition().kind()).isEqualTo("Failover");
    }

    /** Without a target nobody leads whose node is cordoned. */
    @Test
    void whoseNodeIsCordonedDoesNotLead() {
        List<Integer> standbys = IntStream.range(0, 3)
                .filter(ordinal -> !ORDERS.status().primary().equals("orders-" + ordinal))
                .boxed()
                .toList();
        String node = ORDERS.pod(standbys.get(0)).getSpec().getNodeName();
        String other = ORDERS.pod(standbys.get(1)).getSpec().getNodeName();
        try {
            ORDERS.kubectl().does("cordon", node, other);
            Switchover asked = Switchover.apply(ORDERS, "cordoned", "")
                    .awaitPhase(
                            Phase.Preparing,
                            "TargetNotStreaming",
                            "No standby streams that is on a node where it can stay",
                            "avoided: orders-" + standbys.get(0) + ", orders-" + standbys.get(1));
            ORDERS.kubectl().does("uncordon", other);
            assertThat(asked.awaitCompleted().status().to()).isEqualTo("orders-" + standbys.get(1));
        } finally {
            ORDERS.kubectl().does("uncordon", node, other);
        }
        ORDERS.awaitSettled();
    }
}
