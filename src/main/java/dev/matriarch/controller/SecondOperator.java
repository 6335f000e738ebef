package dev.matriarch.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Warns on a laptop, where no leader is elected, that another operator works for the same cluster. */
@ApplicationScoped
public class SecondOperator {

    private static final Logger LOG = Logger.getLogger(SecondOperator.class);

    /** A Lease that was renewed within this is held; the clocks of the two may differ. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final Clock clock;
    private final boolean elected;
    private final String namespace;

    SecondOperator(
            KubernetesClient client,
            Clock clock,
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected,
            @ConfigProperty(name = "matriarch.leader-election.namespace", defaultValue = "matriarch")
                    String namespace) {
        this.client = client;
        this.clock = clock;
        this.elected = elected;
        this.namespace = namespace;
    }

    void warn(@Observes StartupEvent start) {
        if (elected) {
            return;
        }
        try {
            Optional.ofNullable(client.leases()
                            .inNamespace(namespace)
                            .withName(Beans.LEASE_NAME)
                            .get())
                    .filter(this::isFresh)
                    .ifPresent(lease -> LOG.warnf(
                            "Another operator works for this cluster: %s holds the Lease %s/%s. Both do everything twice and undo each other's work where they differ. "
                                    + "End one; in the cluster: kubectl -n %s scale deployment/matriarch --replicas=0",
                            lease.getSpec().getHolderIdentity(), namespace, Beans.LEASE_NAME, namespace));
        } catch (KubernetesClientException e) {
            LOG.debugf("The Lease was not looked at: %s", e.getMessage());
        }
    }

    private boolean isFresh(Lease lease) {
        return lease.getSpec() != null
                && lease.getSpec().getRenewTime() != null
                && lease.getSpec().getRenewTime().toInstant().plus(FRESH).isAfter(clock.instant());
    }
}
