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
import java.util.function.Predicate;

/** An operator that something is done to as soon as something is seen, such as that it dies. */
public final class Dying {

    private static final int LIMIT_SECONDS = 120;

    private final TestNamespace namespace;
    private final Runnable deed;
    private final List<Watch> watches = new ArrayList<>();
    private final CountDownLatch seen = new CountDownLatch(1);

    private Dying(TestNamespace namespace, Runnable deed) {
        this.namespace = namespace;
        this.deed = deed;
    }

    /** It dies. */
    public static Dying of(LaptopOperator operator, TestNamespace namespace) {
        return new Dying(namespace, operator::kill);
    }

    /** It falls asleep. */
    public static Dying asleep(LaptopOperator operator, TestNamespace namespace) {
        return new Dying(namespace, operator::freeze);
    }

    /** When an object of this kind is so, now or later. */
    public <T extends HasMetadata> Dying when(Class<T> kind, Predicate<T> so) {
        watches.add(TestCluster.client()
                .resources(kind)
                .inNamespace(namespace.name())
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, T resource) {
                        if (seen.getCount() > 0 && so.test(resource)) {
                            deed.run();
                            seen.countDown();
                        }
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        // the latch tells
                    }
                }));
        return this;
    }

    /** Waits for it. */
    public void await() throws InterruptedException {
        try {
            assertThat(seen.await(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("what it dies of was seen")
                    .isTrue();
        } finally {
            watches.forEach(Watch::close);
        }
    }
}
