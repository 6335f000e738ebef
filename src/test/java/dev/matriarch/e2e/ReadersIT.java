package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.SteadyReader;
import dev.matriarch.e2e.support.TestNamespace;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who reads through {@code orders-replicas} all the time, while a standby restarts in any way. What fails is what nobody can prevent: whoever connects between the end of a
 * PostgreSQL and the moment at which the nodes' proxies know of it. {@link SelfHealingIT} shows it of a Pod that is deleted.
 */
@Exhaustive
@BesideOthers(seconds = 80)
class ReadersIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("readers");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    enum Restart {
        POD_DELETED(pod -> ORDERS.kubectl().does("delete", "pod", pod, "--wait=false")),
        POD_DELETED_BY_FORCE(pod -> ORDERS.kubectl().does("delete", "pod", pod, "--grace-period=0", "--force")),
        CONTAINER_ENDED(
                pod -> ORDERS.kubectl().shell(pod, "postgres", "kill -TERM 1").orThrow()),
        POSTMASTER_KILLED(pod -> ORDERS.kubectl()
                .shell(pod, "postgres", "kill -9 $(head -n 1 $PGDATA/postmaster.pid)")
                .orThrow());

        private final Consumer<String> begin;

        Restart(Consumer<String> begin) {
            this.begin = begin;
        }
    }

    @BeforeAll
    static void make() {
        ORDERS.apply("{}").awaitSettled();
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsLedToAStandbyThatRestarts(Restart restart) throws Exception {
        String started = ORDERS.instance(2).value("select pg_postmaster_start_time()");
        try (SteadyReader reader = SteadyReader.begin(ORDERS)) {
            restart.begin.accept("orders-2");
            await("another postmaster")
                    .untilAsserted(() -> assertThat(ORDERS.instance(2).value("select pg_postmaster_start_time()"))
                            .isNotEqualTo(started));
            ORDERS.awaitSettled();
            await("it is read from again").until(() -> reader.addresses()
                    .contains(ORDERS.pod(2).getStatus().getPodIP()));
            long again = System.nanoTime();
            await("more reads").until(() -> System.nanoTime() - again > 2 * SteadyReader.PROXIES.toNanos());
            reader.awaitMore();

            assertThat(reader.failuresAfter(again)).isEmpty();
            assertThat(reader.wasLedToAPrimary()).isFalse();
        }
    }
}
