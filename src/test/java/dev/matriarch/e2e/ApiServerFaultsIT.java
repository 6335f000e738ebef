package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.e2e.support.ApiServerProxy;
import dev.matriarch.e2e.support.ApiServerProxy.Fate;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.TestNamespace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes wrong on the way between the operator and the API server in the middle of a failover, exactly when a write has been carried out and the operator has
 * not heard of it. A client writes all the while, and each instance has all that was acknowledged, once.
 */
@OnLocalCluster
class ApiServerFaultsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("api-server-faults");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    private static ApiServerProxy proxy;
    private static LaptopOperator operator;
    private static SteadyWriter writer;

    @BeforeAll
    static void start() throws Exception {
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=0");
        Operator.awaitGone();
        proxy = ApiServerProxy.start();
        startOperator();
        ORDERS.apply("{instances: 3}").awaitSettled();
        writer = new SteadyWriter(ORDERS);
    }

    @AfterAll
    static void stop() {
        if (writer != null) {
            writer.close();
        }
        if (operator != null) {
            operator.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=2");
        Operator.awaitAvailable();
    }

    private static void startOperator() throws IOException {
        operator = LaptopOperator.start(NAMESPACE, "direct", proxy.kubeconfig().toString());
    }

    @AfterEach
    void eachInstanceHasWhatWasAcknowledged() throws Exception {
        proxy.harmless();
        ORDERS.awaitSettled();
        List<String> acknowledged = writer.acknowledged();
        assertThat(acknowledged).isNotEmpty();
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            int each = ordinal;
            await("orders-" + ordinal + " has replayed what was acknowledged")
                    .untilAsserted(() -> assertThat(ORDERS.instance(each).column("select number from written"))
                            .containsAll(acknowledged));
            assertThat(ORDERS.instance(each).column("select number from written group by number having count(*) > 1"))
                    .as("there twice on orders-%d", ordinal)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theOperatorIsKilledAfterThisWriteOfAFailover(int fatal) throws Exception {
        CountDownLatch killed = new CountDownLatch(1);
        AtomicInteger writes = new AtomicInteger();
        Fate fate = request -> {
            if (request.writes() && writes.incrementAndGet() == fatal) {
                operator.kill();
                killed.countDown();
            }
            return Optional.empty();
        };
        long epoch = losePrimary(fate);
        assertThat(killed.await(60, TimeUnit.SECONDS)).as("as many writes").isTrue();
        proxy.harmless();
        startOperator();
        anotherLeadsAfter(epoch);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500, 503})
    void everySecondWriteOfAFailoverIsCarriedOutAndSaidToHaveFailed(int status) throws Exception {
        AtomicInteger writes = new AtomicInteger();
        anotherLeadsAfter(losePrimary(request ->
                request.writes() && writes.getAndIncrement() % 2 == 0 ? Optional.of(status) : Optional.empty()));
        assertThat(writes).hasPositiveValue();
    }

    @Test
    void everyAnswerIsSlow() throws Exception {
        anotherLeadsAfter(losePrimary(request -> {
            if (!request.watches()) {
                Thread.sleep(700);
            }
            return Optional.empty();
        }));
    }

    @Test
    void watchesBreakAndCannotBeOpened() throws Exception {
        Fate noWatches = request -> request.watches() ? Optional.of(500) : Optional.empty();
        proxy.fate(noWatches);
        proxy.breakWatches();
        anotherLeadsAfter(losePrimary(noWatches));
    }

    /** Takes the primary's Pod away: it cannot be back before the operator has told a new one what to do. The epoch that it led in. */
    private static long losePrimary(Fate fate) {
        PgClusterStatus before = ORDERS.status();
        proxy.fate(fate);
        ORDERS.kubectl().does("delete", "pod", before.primary(), "--grace-period=0", "--force", "--wait=false");
        return before.epoch();
    }

    private static void anotherLeadsAfter(long epoch) {
        await("another leads")
                .until(() -> ORDERS.status().epoch() > epoch && ORDERS.status().transition() == null);
        int acknowledged = writer.acknowledged().size();
        await("the client goes on writing").until(() -> writer.acknowledged().size() > acknowledged + 10);
    }
}
