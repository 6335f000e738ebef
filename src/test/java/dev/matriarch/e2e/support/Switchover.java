package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.StatusCondition;
import java.util.List;

/** A PgSwitchover under test. */
public final class Switchover {

    private final Cluster cluster;
    private final String name;

    private Switchover(Cluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    /** {@code kubectl apply} of one for a cluster; the rest of its spec as YAML such as {@code target: orders-1}, lines that begin in the first column. */
    public static Switchover apply(Cluster cluster, String name, String spec) {
        return applyFor(cluster, name, cluster.name(), spec);
    }

    /** The same for whatever cluster it names. */
    public static Switchover applyFor(Cluster beside, String name, String clusterName, String spec) {
        beside.kubectl()
                .apply("apiVersion: postgres.matriarch.dev/v1\nkind: PgSwitchover\nmetadata:\n  name: " + name
                        + "\nspec:\n"
                        + ("cluster: " + clusterName + "\n" + spec).strip().indent(2))
                .orThrow();
        return new Switchover(beside, name);
    }

    /** It as it is now; null when it is gone. */
    public PgSwitchover get() {
        return TestCluster.client()
                .resources(PgSwitchover.class)
                .inNamespace(cluster.get().getMetadata().getNamespace())
                .withName(name)
                .get();
    }

    public PgSwitchoverStatus status() {
        return get().getStatus();
    }

    /** Waits until it is in this phase, and its conditions have this reason and these words. */
    public Switchover awaitPhase(Phase phase, String reason, String... words) {
        Waiting.await(name + " is " + phase + " with " + reason).untilAsserted(() -> {
            PgSwitchoverStatus status = status();
            assertThat(status).isNotNull();
            assertThat(status.phase()).as("%s", status).isEqualTo(phase);
            StatusCondition complete = condition(status);
            assertThat(complete.reason()).isEqualTo(reason);
            assertThat(List.of(words))
                    .allSatisfy(word -> assertThat(complete.message()).contains(word));
        });
        assertThat(status().observedGeneration()).isEqualTo(get().getMetadata().getGeneration());
        return this;
    }

    /** Waits until it has ended, in whatever way. */
    public Switchover awaitEnded() {
        Waiting.await(name + " has ended").until(this::hasEnded);
        return this;
    }

    /** Waits until the old primary follows the new one. */
    public Switchover awaitCompleted() {
        awaitEnded();
        assertThat(status().phase()).as("%s", status()).isEqualTo(Phase.Completed);
        return this;
    }

    /** Whether it has ended, in whatever way. */
    public boolean hasEnded() {
        return PgSwitchoverStatus.isFinished(get().getStatus());
    }

    /** Whether it has ended with another primary; one that failed is an error. */
    public boolean hasCompleted() {
        PgSwitchoverStatus status = status();
        if (status != null && status.phase() == Phase.Failed) {
            throw new AssertionError("the switchover has failed: " + status);
        }
        return status != null && status.phase() == Phase.Completed;
    }

    private static StatusCondition condition(PgSwitchoverStatus status) {
        return status.conditions().stream()
                .filter(each -> each.type().equals("Complete"))
                .findFirst()
                .orElseThrow();
    }

    public void delete() {
        cluster.kubectl().does("delete", "pgsw", name);
    }
}
