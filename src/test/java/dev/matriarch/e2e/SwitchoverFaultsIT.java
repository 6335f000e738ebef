package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The operator dies as soon as each phase of a switchover is on record, and another goes on from there, while a client writes. After every single step it dies in
 * {@code decide.SwitchoverFaultsTest}; what else may go wrong meanwhile is in {@link ChaosIT}.
 */
@OnLocalCluster
class SwitchoverFaultsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-faults");

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

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"Preparing", "Demoting", "Verifying", "Promoting", "Following"})
    void anotherOperatorGoesOnWhereOneDied(Phase phase) throws Exception {
        String name = "dies-while-" + phase.name().toLowerCase(java.util.Locale.ROOT);
        ORDERS.primary().execute("drop table if exists steady"); // of a test that failed, too
        long epoch = ORDERS.status().epoch();
        Switchover asked;
        List<String> acknowledged;
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            CountDownLatch died = new CountDownLatch(1);
            List<Watch> watches = List.of(
                    when(PgCluster.class, each -> isIn(each.getStatus(), phase), died),
                    when(
                            PgSwitchover.class,
                            each -> each.getMetadata().getName().equals(name)
                                    && each.getStatus() != null
                                    && each.getStatus().phase() == phase,
                            died));
            try {
                asked = Switchover.apply(ORDERS, name, "");
                assertThat(died.await(30, TimeUnit.SECONDS))
                        .as("it was seen in phase %s", phase)
                        .isTrue();
            } finally {
                watches.forEach(Watch::close);
            }
            operator = LaptopOperator.start(NAMESPACE, "direct");
            asked.awaitCompleted();
            int before = writer.acknowledged().size();
            await("writes go on").until(() -> writer.acknowledged().size() > before + 10);
            acknowledged = writer.end();
        }
        ORDERS.awaitSettled();
        assertThat(ORDERS.status().epoch()).as("once, and not taken back").isEqualTo(epoch + 1);
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            hasAll(ordinal, acknowledged);
        }
    }

    private static void hasAll(int ordinal, List<String> acknowledged) {
        await("orders-" + ordinal + " has all that was acknowledged, once").untilAsserted(() -> {
            List<String> ids = column(ordinal);
            assertThat(ids).doesNotHaveDuplicates();
            assertThat(ids).containsAll(acknowledged);
        });
    }

    private static List<String> column(int ordinal) throws SQLException {
        return ORDERS.instance(ordinal).column("select id from steady");
    }

    private static boolean isIn(PgClusterStatus status, Phase phase) {
        return status != null
                && status.transition() != null
                && status.transition().phase().equals(phase.name());
    }

    /** Kills the operator as soon as something is seen. */
    private static <T extends HasMetadata> Watch when(Class<T> kind, Predicate<T> seen, CountDownLatch died) {
        LaptopOperator running = operator;
        return TestCluster.client()
                .resources(kind)
                .inNamespace(NAMESPACE.name())
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, T resource) {
                        if (seen.test(resource)) {
                            running.kill();
                            died.countDown();
                        }
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        // the latch tells
                    }
                });
    }
}
