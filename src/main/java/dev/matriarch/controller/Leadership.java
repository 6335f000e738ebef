package dev.matriarch.controller;

import dev.matriarch.apply.Leases;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Whether this operator acts, or waits for the one that does. Who waits has all caches, and begins as soon as it leads; who led and does not any more waits again: it is
 * not ended for that, because what is restarted often is restarted late. It remembers nothing of before.
 */
@ApplicationScoped
public class Leadership {

    private static final Logger LOG = Logger.getLogger(Leadership.class);

    /** The Lease of the operator that leads. */
    static final String LEASE_NAME = "matriarch";

    private final boolean elected;
    private final Optional<Leases> leases;
    private final Optional<LeaseElection> election;
    private final Progress progress;
    private final List<Runnable> begins = new CopyOnWriteArrayList<>();
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread electing = new Thread(task, "election");
        electing.setDaemon(true);
        return electing;
    });

    /** Whether somebody wanted to act and might not, since those who wait were woken last; a break may be too short to be seen otherwise. */
    private volatile boolean refused;

    /** Whether it led when that was last looked at; of the one thread. */
    private boolean led;

    Leadership(
            Config config,
            KubernetesSerialization json,
            Clock clock,
            MeterRegistry registry,
            Progress progress,
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected,
            @ConfigProperty(name = "matriarch.leader-election.namespace", defaultValue = "matriarch")
                    String namespace) {
        this.elected = elected;
        this.progress = progress;
        if (elected) {
            leases = Optional.of(new Leases(config, json, namespace, LEASE_NAME));
            election = Optional.of(new LeaseElection(new Store(leases.get()), identity(), clock, System::nanoTime));
        } else {
            leases = Optional.empty();
            election = Optional.empty();
        }
        Gauge.builder("matriarch.leader", this, each -> each.leads() ? 1 : 0)
                .description("Whether this operator acts, or waits for the one that does")
                .register(registry);
    }

    /** Whether it may act now. It always may on a laptop, where nobody is elected. */
    public boolean leads() {
        return election.map(LeaseElection::leads).orElse(true);
    }

    /** The same, asked by who is to act. If it may not, it is woken when it may. */
    boolean mayAct() {
        boolean leads = leads();
        if (!leads) {
            refused = true;
        }
        return leads;
    }

    /**
     * Has something done when it begins to lead after it did not, or after a break.
     *
     * @param begun may be called by another thread, while what leads has begun
     */
    void whenItBegins(Runnable begun) {
        begins.add(begun);
    }

    /** Has something done when it has ceased to lead. */
    void whenItEnds(Runnable ended) {
        ends.add(ended);
    }

    /** After it was seen that the cluster has what the operator needs. */
    void start(@Observes @Priority(3) StartupEvent start) {
        if (elected) {
            thread.execute(this::step);
        }
    }

    /** After the controllers have ended: the next one takes over at once. */
    void stop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent end) throws InterruptedException {
        if (!elected) {
            return;
        }
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.execute(this::release);
        thread.shutdown();
        if (!thread.awaitTermination(2L * Leases.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            LOG.debug("The Lease could not be given back");
        }
        leases.ifPresent(Leases::close);
    }

    private void release() {
        try {
            election.ifPresent(LeaseElection::release);
        } catch (KubernetesClientException e) {
            LOG.debugf("The Lease was not given back: %s", e.getMessage());
        }
    }

    private void step() {
        Duration pause = LeaseElection.LOOKED_AT_EVERY;
        Runnable end = progress.begin("a look at the Lease");
        try {
            pause = election.orElseThrow().step();
        } catch (KubernetesClientException e) {
            LOG.debugf("The Lease: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("The Lease cannot be looked at", e);
        } finally {
            end.run();
            tell();
            if (!thread.isShutdown()) {
                thread.schedule(this::step, pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void tell() {
        boolean leads = leads();
        if (leads && (!led || refused)) {
            LOG.info("This operator leads");
            refused = false;
            begins.forEach(Leadership::run);
        } else if (!leads && led) {
            LOG.warn("The Lease could not be renewed in time and may be another's: this operator waits for it again");
            ends.forEach(Leadership::run);
        }
        led = leads;
    }

    /** Whatever comes of it, the Lease goes on to be renewed. */
    private static void run(Runnable hook) {
        try {
            hook.run();
        } catch (RuntimeException e) {
            LOG.warn("What follows of a change of who leads has failed", e);
        }
    }

    /** The Pod's name. A container that is started anew in it goes on with the Lease of the one that has ended. */
    private static String identity() {
        String host = System.getenv("HOSTNAME");
        return host == null || host.isBlank() ? UUID.randomUUID().toString() : host;
    }

    private record Store(Leases leases) implements LeaseElection.Store {

        @Override
        public Optional<Lease> read() {
            return leases.read();
        }

        @Override
        public Optional<Lease> write(Lease lease) {
            return leases.write(lease);
        }
    }
}
