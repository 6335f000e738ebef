package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.ApiServerProxy;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.HttpHead;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.TestNamespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * That nothing is written when nothing has changed: what the operator asks of the API server goes through a door that counts, over as many reconciles as ten minutes
 * have. It is one without a Lease, which is all that one with a Lease writes besides.
 */
@OnLocalCluster
@OwnOperator(seconds = 36)
class IdleIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("idle");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    /** Ten minutes at the ten seconds after which a settled cluster is looked at. */
    private static final int TEN_MINUTES = 60;

    /** An Event is written a second after what it tells. */
    private static final Duration LAST_EVENTS = Duration.ofSeconds(3);

    private static ApiServerProxy proxy;
    private static LaptopOperator operator;

    @BeforeAll
    static void lookTenTimesASecond() {
        proxy = ApiServerProxy.open(NAMESPACE.name());
        operator = LaptopOperator.start(
                NAMESPACE,
                proxy.kubeconfig(),
                Map.of("MATRIARCH_REACH", "direct", "MATRIARCH_SETTLED_INTERVAL", "PT0.1S"));
        ORDERS.apply("{}").awaitSettled();
    }

    @AfterAll
    static void end() {
        operator.close();
        proxy.close();
    }

    @Test
    void tenIdleMinutesWriteNothing() {
        await("what the start has written is written")
                .until(() -> proxy.count(System.nanoTime() - LAST_EVENTS.toNanos(), HttpHead::isWrite) == 0);

        List<HttpHead> writes = new ArrayList<>();
        await("ten minutes in which its Pods stayed as they were").until(() -> {
            String before = pods();
            writes.clear();
            writes.addAll(writesOf(TEN_MINUTES));
            return pods().equals(before);
        });
        assertThat(writes).isEmpty(); // not in there, where it would be taken for "not yet"
    }

    /** The count above means something. */
    @Test
    void aWriteIsCounted() {
        long began = System.nanoTime();

        ORDERS.kubectl().does("delete", "service", "orders-replicas");

        await("it is made again, and that is counted")
                .until(() -> proxy.count(
                                began, each -> each.isWrite() && each.target().contains("/orders-replicas"))
                        > 0);
    }

    /** What the operator writes in some reconciles. */
    private static List<HttpHead> writesOf(int reconciles) {
        long began = System.nanoTime();
        long before = operator.reconciles();
        await(reconciles + " reconciles").until(() -> operator.reconciles() >= before + reconciles);
        return proxy.requests(began).stream().filter(HttpHead::isWrite).toList();
    }

    /** Their resource versions: a probe that was late on a busy machine has changed them. */
    private static String pods() {
        return ORDERS.kubectl().does("get", "pods", "-o", "jsonpath={.items[*].metadata.resourceVersion}");
    }
}
