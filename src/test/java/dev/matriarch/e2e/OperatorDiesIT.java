package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.Quiet;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Trap;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operator dies as soon as something is on record, and another goes on from there, while a client writes: in each phase of a failover and of a switchover, in a
 * change of the synchronous rule, and while it scales. After every single step it dies in {@code decide.OperatorDiesTest} and {@code decide.SwitchoverFaultsTest}; what
 * else may go wrong meanwhile is in {@link ChaosIT}.
 */
@OnLocalCluster
@OwnOperator(seconds = 42)
@Quiet // where processors have no time, the elected counts as lost before the next operator has begun
class OperatorDiesIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("operator-dies");

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

    @Test
    void anotherGoesOnWithASwitchoverThatPromotes() throws Exception {
        diesInASwitchover(Phase.Promoting);
    }

    @Exhaustive
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"Preparing", "Demoting", "Verifying", "Following"})
    void anotherGoesOnWithASwitchover(Phase phase) throws Exception {
        diesInASwitchover(phase);
    }

    private static void diesInASwitchover(Phase phase) throws Exception {
        String name = "dies-while-" + phase.name().toLowerCase(Locale.ROOT);
        long epoch = ORDERS.status().epoch();
        writing(writer -> {
            Trap dying = Trap.in(NAMESPACE, operator::kill)
                    .when(PgCluster.class, each -> isIn(each.getStatus(), phase.name()))
                    .when(
                            PgSwitchover.class,
                            each -> each.getMetadata().getName().equals(name)
                                    && each.getStatus() != null
                                    && each.getStatus().phase() == phase);
            Switchover asked = Switchover.apply(ORDERS, name, "");
            replace(dying);
            asked.awaitCompleted();
        });
        assertThat(ORDERS.status().epoch()).as("once, and not taken back").isEqualTo(epoch + 1);
    }

    @Test
    void anotherGoesOnWithAFailoverThatHasElected() throws Exception {
        diesInAFailover("Promoting");
    }

    /** {@code Ended}: the old primary is still to be made a standby. */
    @Exhaustive
    @ParameterizedTest
    @ValueSource(strings = {"Fencing", "Ended"})
    void anotherGoesOnWithAFailover(String phase) throws Exception {
        diesInAFailover(phase);
    }

    private static void diesInAFailover(String phase) throws Exception {
        long epoch = ORDERS.status().epoch();
        String before = ORDERS.status().primary();
        writing(writer -> {
            Trap dying = Trap.in(NAMESPACE, operator::kill)
                    .when(
                            PgCluster.class,
                            each -> isIn(each.getStatus(), phase)
                                    && each.getStatus().epoch() > epoch);
            ORDERS.kubectl().shell(before, "postgres", "kill -STOP -1").orThrow();
            try {
                replace(dying);
                await("another leads")
                        .until(() -> !before.equals(ORDERS.status().primary()));
                writer.awaitMore(10);
            } finally {
                ORDERS.kubectl().shell(before, "postgres", "kill -CONT -1").orThrow();
            }
        });
        assertThat(ORDERS.status().epoch()).as("one failover").isEqualTo(epoch + 1);
    }

    /** What is seen of it when the operator dies. */
    private enum Moment {
        /** The rules of before and of after are both on record: four instances need one standby more than three. */
        RULE_CHANGES,
        /** The StatefulSet has the new size. */
        SIZE_CHANGES
    }

    @Exhaustive
    @ParameterizedTest
    @EnumSource
    void anotherGoesOnWithScalingOutAndIn(Moment moment) throws Exception {
        long epoch = ORDERS.status().epoch();
        for (int instances : List.of(4, 3)) {
            writing(writer -> {
                Trap dying = moment == Moment.RULE_CHANGES
                        ? Trap.in(NAMESPACE, operator::kill)
                                .when(
                                        PgCluster.class,
                                        each -> each.getStatus().rules().size() > 1)
                        : Trap.in(NAMESPACE, operator::kill)
                                .when(StatefulSet.class, each -> each.getSpec().getReplicas() == instances);
                ORDERS.patch("{\"instances\": " + instances + "}");
                replace(dying);
            });
            assertThat(ORDERS.status().rules()).singleElement().satisfies(rule -> assertThat(rule.required())
                    .isEqualTo(instances / 2));
        }
        assertThat(ORDERS.status().epoch()).as("no failover").isEqualTo(epoch);
    }

    private interface Course {
        void run(SteadyWriter writer) throws Exception;
    }

    /** While a client writes; nothing that it was told is missing anywhere afterwards. */
    private static void writing(Course course) throws Exception {
        List<String> acknowledged;
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore(10);
            course.run(writer);
            writer.awaitMore(10);
            acknowledged = writer.end();
        }
        ORDERS.awaitSettled();
        SteadyWriter.awaitEverywhere(ORDERS, ORDERS.get().getSpec().instances(), acknowledged);
    }

    private static void replace(Trap dying) throws InterruptedException {
        dying.await("what it dies of has happened");
        operator = LaptopOperator.start(NAMESPACE, "direct");
    }

    private static boolean isIn(PgClusterStatus status, String phase) {
        if (status == null) {
            return false;
        }
        PgClusterStatus.Transition now = status.transition() == null ? status.lastTransition() : status.transition();
        return now != null && now.phase().equals(phase);
    }
}
