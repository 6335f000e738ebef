package dev.matriarch.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Warns on a laptop, where no leader is elected, that another operator works for the same cluster. */
@ApplicationScoped
public class SecondOperator {

    private static final Logger LOG = Logger.getLogger(SecondOperator.class);

    /** A Lease that was renewed within this is held, unless it was given back; the clocks of the two may differ. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final Clock clock;
    private final boolean elected;
    private final String home;
    private final Set<String> namespaces;

    SecondOperator(
            KubernetesClient client,
            Clock clock,
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected,
            @ConfigProperty(name = "matriarch.leader-election.namespace", defaultValue = "matriarch") String home,
            @ConfigProperty(name = "matriarch.namespaces") Optional<Set<String>> namespaces) {
        this.client = client;
        this.clock = clock;
        this.elected = elected;
        this.home = home;
        this.namespaces = namespaces.orElse(Set.of());
    }

    void warn(@Observes StartupEvent start) {
        if (elected) {
            return;
        }
        leases().stream()
                .filter(this::isFresh)
                .forEach(lease -> LOG.warnf(
                        "Another operator works for this cluster: %s holds the Lease %s/%s. Where both look after the same namespaces they do everything twice "
                                + "and undo each other's work where they differ. End one; in the cluster: kubectl -n %s scale deployment -l app.kubernetes.io/name=matriarch --replicas=0",
                        lease.getSpec().getHolderIdentity(),
                        lease.getMetadata().getNamespace(),
                        Leadership.LEASE_NAME,
                        lease.getMetadata().getNamespace()));
    }

    /** Those of operators that may look after the same namespaces, as far as one may see them. */
    private List<Lease> leases() {
        try {
            return client.leases()
                    .inAnyNamespace()
                    .withField("metadata.name", Leadership.LEASE_NAME)
                    .list()
                    .getItems();
        } catch (KubernetesClientException e) {
            LOG.debugf("The Leases of all namespaces were not looked at: %s", e.getMessage());
        }
        Set<String> places = new TreeSet<>(namespaces);
        places.add(home);
        return places.stream().flatMap(place -> lease(place).stream()).toList();
    }

    private Optional<Lease> lease(String namespace) {
        try {
            return Optional.ofNullable(client.leases()
                    .inNamespace(namespace)
                    .withName(Leadership.LEASE_NAME)
                    .get());
        } catch (KubernetesClientException e) {
            LOG.debugf("The Lease of %s was not looked at: %s", namespace, e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isFresh(Lease lease) {
        return lease.getSpec() != null
                && lease.getSpec().getHolderIdentity() != null
                && !lease.getSpec().getHolderIdentity().isEmpty()
                && lease.getSpec().getRenewTime() != null
                && lease.getSpec().getRenewTime().toInstant().plus(FRESH).isAfter(clock.instant());
    }
}
