package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.objects.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import org.junit.jupiter.api.Test;

class ClusterIndexTest {

    private static final ResourceID ORDERS = new ResourceID("orders", "shop");
    private static final ResourceID FIRST = new ResourceID("orders-0", "shop");
    private static final ResourceID SECOND = new ResourceID("orders-1", "shop");

    private final ClusterIndex index = new ClusterIndex();

    @Test
    void knowsTheObjectsOfEachCluster() {
        index.keep(pod("orders-0", "orders"));
        index.keep(pod("orders-1", "orders"));
        index.keep(pod("returns-0", "returns"));

        assertThat(index.of(ORDERS)).containsExactlyInAnyOrder(FIRST, SECOND);
    }

    @Test
    void forgetsWhatIsGone() {
        index.keep(pod("orders-0", "orders"));
        index.keep(pod("orders-1", "orders"));
        index.remove(pod("orders-0", "orders"));
        assertThat(index.of(ORDERS)).containsExactly(SECOND);

        index.remove(pod("orders-1", "orders"));
        assertThat(index.of(ORDERS)).isEmpty();
    }

    @Test
    void anotherLabelIsAnotherCluster() {
        index.keep(pod("orders-0", "orders"));
        index.change(pod("orders-0", "orders"), pod("orders-0", "returns"));

        assertThat(index.of(ORDERS)).isEmpty();
        assertThat(index.of(new ResourceID("returns", "shop"))).containsExactly(FIRST);
    }

    /** Red where a change takes out and then puts in. */
    @Test
    void whatIsBeingChangedIsNeverMissing() throws Exception {
        Pod pod = pod("orders-0", "orders");
        index.keep(pod);
        Thread informer = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                index.change(pod, pod);
            }
        });
        informer.start();
        try {
            for (int read = 0; read < 200_000; read++) {
                assertThat(index.of(ORDERS).contains(FIRST)).isTrue();
            }
        } finally {
            informer.interrupt();
            informer.join();
        }
    }

    private static Pod pod(String name, String cluster) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .addToLabels(Labels.CLUSTER, cluster)
                .endMetadata()
                .build();
    }
}
