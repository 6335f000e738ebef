package dev.matriarch.e2e;

import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.Harm;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.SwitchoverTrial;
import dev.matriarch.e2e.support.TestNamespace;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fault 11: who is to lead, or who led, is killed, hangs or is cut off in each phase of a switchover, or nobody wants it any more; exactly in that phase, because the
 * operator is frozen while it happens. After each single step the same is in {@code decide.SwitchoverFaultsTest}.
 */
@OnLocalCluster
@Exhaustive
class SwitchoverPhasesIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-phases");

    private static final List<Phase> PHASES =
            List.of(Phase.Preparing, Phase.Demoting, Phase.Verifying, Phase.Promoting, Phase.Following);

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");
    private static LaptopOperator operator;

    @BeforeAll
    static void begin() {
        Operator.away();
        operator = LaptopOperator.start(NAMESPACE, "direct");
        ORDERS.apply("{}").awaitSettled();
    }

    @AfterAll
    static void end() {
        operator.close();
        Operator.back();
    }

    static Stream<Arguments> cells() {
        return PHASES.stream().flatMap(phase -> Stream.of(Harm.values())
                .filter(harm -> tells(phase, harm))
                .map(harm -> Arguments.of(phase, harm)));
    }

    /** Whether it is not the same as another one in this phase: that of an old primary which has stopped no process but the supervisor is left. */
    private static boolean tells(Phase phase, Harm harm) {
        return switch (harm) {
            case PRIMARY_KILLED, PRIMARY_HANGS -> phase == Phase.Preparing || phase == Phase.Demoting;
            case TARGET_KILLED -> phase != Phase.Preparing && phase != Phase.Following;
            default -> true;
        };
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cells")
    void fault11(Phase phase, Harm harm) throws Exception {
        new SwitchoverTrial(ORDERS, operator).run(phase, harm);
    }
}
