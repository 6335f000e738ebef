package dev.matriarch.chaos;

import dev.matriarch.chaos.FailoverBenchmark.Leader;
import dev.matriarch.chaos.Situation.Part;
import dev.matriarch.chaos.faults.NodeFault;
import dev.matriarch.chaos.faults.PodDeleted;
import dev.matriarch.chaos.faults.PostmasterKilled;
import dev.matriarch.e2e.support.TestCluster;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@code scripts/benchmark-failover}: what stands behind it. */
public final class BenchmarkMain {

    /** Two writers by each way. What they cost when they all connect anew is part of the figures: they share the machine with the cluster. */
    private static final LoadClients.Load LOAD = new LoadClients.Load(4, 400, 1500);

    /** Rounds of commits, by numbers that no run of a fault has. */
    private static final int FIRST_ROUND_OF_COMMITS = 1_000_000;

    private BenchmarkMain() {}

    /** What is measured, in this order. */
    private enum Measured {
        POSTMASTER,
        POD,
        NODE,
        NODE_WITH_OPERATOR,
        COMMITS,
        IDLE;

        private String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Measured of(String word) {
            return Arrays.stream(values())
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("There is no part " + word + ". There are "
                            + String.join(
                                    ", ",
                                    Arrays.stream(values()).map(Measured::word).toList())
                            + "."));
        }
    }

    public static void main(String[] words) throws Exception {
        int runs = Integer.parseInt(words[0]);
        List<Measured> parts;
        try {
            parts = words.length == 1
                    ? List.of(Measured.values())
                    : Arrays.stream(words).skip(1).map(Measured::of).sorted().toList();
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
            return;
        }
        PrintStream out = System.out;
        boolean clean = true;
        try (Stage stage =
                Stage.make("benchmark-failover", 3, LOAD, Chaos.directory().resolve("logs"))) {
            out.printf(
                    Locale.ROOT,
                    "%d processors, load average %.1f; %d writers, at most %d writes a second together; medians [least..most]%n",
                    Runtime.getRuntime().availableProcessors(),
                    load(),
                    LOAD.writers(),
                    LOAD.writesPerSecond());
            CycleRun cycles = new CycleRun(stage, Duration.ofSeconds(180));
            FailoverBenchmark failover = new FailoverBenchmark(stage, cycles, out);
            for (Measured part : parts) {
                switch (part) {
                    case POSTMASTER ->
                        clean &= failover.run(new PostmasterKilled("KILL"), Leader.ON_ANOTHER_NODE, runs);
                    case POD ->
                        clean &= failover.run(new PodDeleted(Part.PRIMARY, false), Leader.ON_ANOTHER_NODE, runs);
                    case NODE -> clean &= failover.run(nodeCut(), Leader.ON_ANOTHER_NODE, runs);
                    case NODE_WITH_OPERATOR -> clean &= failover.run(nodeCut(), Leader.BESIDE_THE_PRIMARY, runs);
                    case COMMITS -> new CommitLatency(stage, out, FIRST_ROUND_OF_COMMITS).run(runs);
                    case IDLE -> {
                        stage.clients().stop();
                        Thread.sleep(Duration.ofSeconds(60).toMillis());
                        new IdleCost(stage, out).run();
                    }
                }
                out.printf(Locale.ROOT, "  load average %.1f%n", load());
            }
            List<String> complaints = cycles.verifyAll();
            complaints.forEach(each -> out.println("! " + each));
            clean &= complaints.isEmpty();
        } finally {
            TestCluster.fault("all", "heal");
        }
        System.exit(clean ? 0 : 1);
    }

    private static Fault nodeCut() {
        return new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT);
    }

    /** Of the last minute: figures of a machine on which others work are other figures. */
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
