package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Intent;
import dev.matriarch.status.Remedies;
import java.time.Duration;

/** What a PgCluster wants, in the words of the decision. */
final class Intents {

    private Intents() {}

    static Intent of(PgCluster cluster) {
        int instances = cluster.getSpec().instances();
        return new Intent(
                cluster.getMetadata().getName(),
                instances,
                cluster.getSpec().replication().required(instances),
                cluster.getSpec().hibernated(),
                new Intent.FailoverWish(
                        cluster.getSpec().failover().automatic(),
                        Duration.ofSeconds(cluster.getSpec().failover().delaySeconds()),
                        Remedies.asked(cluster),
                        Duration.ofSeconds(cluster.getSpec().failover().selfFenceSeconds())));
    }
}
