package dev.matriarch.chaos;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Kubectl;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * The cluster that a fault finds, and the fault's share of chance.
 *
 * @param chance decides whatever a fault leaves open; drawn from the run's seed
 */
public record Situation(Cluster cluster, Random chance) {

    /** The part of an instance. */
    public enum Part {
        PRIMARY,
        STANDBY;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The ordinal of an instance by its name. */
    static int ordinal(String instance) {
        return Integer.parseInt(instance.substring(instance.lastIndexOf('-') + 1));
    }

    public int primary() {
        return ordinal(cluster.status().primary());
    }

    /** One of the standbys. */
    public int standby() {
        int primary = primary();
        List<Integer> standbys = IntStream.range(0, cluster.get().getSpec().instances())
                .filter(ordinal -> ordinal != primary)
                .boxed()
                .toList();
        return standbys.get(chance.nextInt(standbys.size()));
    }

    /** The primary, or one of the standbys. */
    public int one(Part part) {
        return part == Part.PRIMARY ? primary() : standby();
    }

    public String name(int ordinal) {
        return cluster.name() + "-" + ordinal;
    }

    /** The node that an instance is on. */
    public String node(int ordinal) {
        return cluster.pod(ordinal).getSpec().getNodeName();
    }

    /** The node of the primary, or one of those that have standbys and not the primary. */
    public String node(Part part) {
        String ofPrimary = node(primary());
        if (part == Part.PRIMARY) {
            return ofPrimary;
        }
        List<String> others = IntStream.range(0, cluster.get().getSpec().instances())
                .mapToObj(this::node)
                .filter(node -> !node.equals(ofPrimary))
                .distinct()
                .sorted()
                .toList();
        return others.get(chance.nextInt(others.size()));
    }

    public Kubectl kubectl() {
        return cluster.kubectl();
    }

    /** A shell command in the container of an instance. */
    public String shell(int ordinal, String command) {
        return kubectl()
                .shell(name(ordinal), "postgres", command)
                .orThrow()
                .out()
                .strip();
    }

    /** A fault of a machine, by local-kubernetes. */
    public void machine(String machine, String... fault) {
        TestCluster.fault(machine, fault);
    }

    /** Some seconds between these two. */
    public Duration seconds(int least, int most) {
        return Duration.ofSeconds(chance.nextInt(least, most + 1));
    }

    /** Whether an instance has another Pod than now, and it is ready: of one that was taken without a word, the container may live on for seconds. */
    public Callable<Boolean> anotherPod(int ordinal) {
        String before = uid(ordinal);
        return () -> {
            Pod now = cluster.pod(ordinal);
            return now != null && !before.equals(now.getMetadata().getUid()) && Readiness.isPodReady(now);
        };
    }

    /** Whether an instance's PostgreSQL was started after now. */
    public Callable<Boolean> anotherPostmaster(int ordinal) {
        // A machine that has other things to do does not always take a connection within 3 s.
        String before =
                Waiting.await("instance " + ordinal + " answers").until(() -> started(ordinal), Objects::nonNull);
        return () -> !before.equals(started(ordinal));
    }

    private String uid(int ordinal) {
        return cluster.pod(ordinal).getMetadata().getUid();
    }

    private String started(int ordinal) throws SQLException {
        return cluster.instance(ordinal).value("select pg_postmaster_start_time()");
    }
}
