package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Does something once, as soon as something is on record: sooner than who asks again and again. */
public final class Trap implements AutoCloseable {

    private static final long LIMIT_SECONDS = 60;

    private final AtomicBoolean set = new AtomicBoolean(true);
    private final CountDownLatch sprung = new CountDownLatch(1);
    private Watch watch;

    private Trap() {}

    /** Sets it in the namespace of a cluster. */
    public static <T extends HasMetadata> Trap set(Cluster cluster, Class<T> kind, Predicate<T> seen, Runnable deed) {
        Trap trap = new Trap();
        trap.watch = TestCluster.client()
                .resources(kind)
                .inNamespace(cluster.get().getMetadata().getNamespace())
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, T resource) {
                        if (seen.test(resource) && trap.set.getAndSet(false)) {
                            deed.run();
                            trap.sprung.countDown();
                        }
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        // the latch tells
                    }
                });
        return trap;
    }

    /** Waits until it was done. */
    public void await(String what) throws InterruptedException {
        assertThat(sprung.await(LIMIT_SECONDS, TimeUnit.SECONDS))
                .as("it was seen that %s", what)
                .isTrue();
    }

    /** Whether it was done. */
    public boolean isSprung() {
        return sprung.getCount() == 0;
    }

    /** Takes it away, sprung or not. */
    @Override
    public void close() {
        set.set(false);
        watch.close();
    }
}
