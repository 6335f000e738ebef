package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Does something once, such as that an operator dies, as soon as something is seen: sooner than who asks again and again. */
public final class Trap implements AutoCloseable {

    private static final long LIMIT_SECONDS = 120;

    private final String namespace;
    private final Runnable deed;
    private final AtomicBoolean set = new AtomicBoolean(true);
    private final CountDownLatch sprung = new CountDownLatch(1);
    private final List<Watch> watches = new ArrayList<>();

    private Trap(String namespace, Runnable deed) {
        this.namespace = namespace;
        this.deed = deed;
    }

    /** One in a namespace. What springs it is said by {@link #when}. */
    public static Trap in(TestNamespace namespace, Runnable deed) {
        return new Trap(namespace.name(), deed);
    }

    /** The same in that of a cluster. */
    public static Trap in(Cluster cluster, Runnable deed) {
        return new Trap(cluster.get().getMetadata().getNamespace(), deed);
    }

    /** It springs when an object of this kind is so, now or later; of several, whichever is first. */
    public <T extends HasMetadata> Trap when(Class<T> kind, Predicate<T> so) {
        watches.add(TestCluster.client().resources(kind).inNamespace(namespace).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, T resource) {
                if (set.get() && so.test(resource) && set.getAndSet(false)) {
                    deed.run();
                    sprung.countDown();
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                // the latch tells
            }
        }));
        return this;
    }

    /** Waits until it was done, and takes the trap away. */
    public void await(String what) throws InterruptedException {
        try {
            assertThat(sprung.await(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("it was seen that %s", what)
                    .isTrue();
        } finally {
            close();
        }
    }

    /** Takes it away, sprung or not. */
    @Override
    public void close() {
        set.set(false);
        watches.forEach(Watch::close);
    }
}
