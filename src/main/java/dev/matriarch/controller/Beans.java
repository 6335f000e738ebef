package dev.matriarch.controller;

import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What the controllers are given. */
@ApplicationScoped
public class Beans {

    /** The Lease of the operator that leads. */
    static final String LEASE_NAME = "matriarch";

    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final Duration RENEWED_WITHIN = Duration.ofSeconds(3);
    private static final Duration TRIED_EVERY = Duration.ofSeconds(1);

    /** The operator's clock. */
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * One of several replicas leads; the next takes over within seconds of its death. One that could not renew its lease ends, and is started anew as
     * one that waits. That two believe to lead for a moment does no harm, see the compare-and-set of the status and the lock of SQL deeds.
     *
     * @return null without leader election, as on a laptop: that is what the SDK takes as none
     */
    @Produces
    @Dependent
    LeaderElectionConfiguration leaderElection(
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean enabled,
            @ConfigProperty(name = "matriarch.leader-election.namespace", defaultValue = "matriarch") String namespace,
            Leadership leadership) {
        return enabled
                ? LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE_NAME)
                        .withLeaseNamespace(namespace)
                        .withLeaseDuration(LEASE)
                        .withRenewDeadline(RENEWED_WITHIN)
                        .withRetryPeriod(TRIED_EVERY)
                        .withLeaderCallbacks(leadership.callbacks())
                        .build()
                : null;
    }
}
