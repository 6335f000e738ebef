package dev.matriarch.controller;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/** Ends an operator that has lost the lease: the SDK would let it go on reconciling beside the one that took over. */
@ApplicationScoped
public class Leadership {

    private static final Logger LOG = Logger.getLogger(Leadership.class);

    private volatile boolean stopping;

    void stopping(@Observes ShutdownEvent event) {
        stopping = true;
    }

    LeaderCallbacks callbacks() {
        return new LeaderCallbacks(() -> {}, this::lost, leader -> {});
    }

    private void lost() {
        if (!stopping) {
            LOG.warn(
                    "The lease could not be renewed and may be another's by now: this operator ends, to wait for it again.");
            Quarkus.asyncExit(1);
        }
    }
}
