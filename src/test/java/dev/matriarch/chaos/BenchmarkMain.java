package dev.matriarch.chaos;

import dev.matriarch.chaos.Situation.Part;
import dev.matriarch.chaos.faults.NodeFault;
import dev.matriarch.chaos.faults.PodDeleted;
import dev.matriarch.chaos.faults.PostmasterKilled;
import dev.matriarch.e2e.support.TestCluster;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** {@code scripts/benchmark-failover}: what stands behind it. */
public final class BenchmarkMain {

    /** Two writers by each way. What they cost when they all connect anew is part of the figures: they share the machine with the cluster. */
    private static final LoadClients.Load LOAD = new LoadClients.Load(4, 400, 1500);

    private BenchmarkMain() {}

    public static void main(String[] words) throws Exception {
        int runs = Integer.parseInt(words[0]);
        PrintStream out = System.out;
        boolean clean = true;
        try (Stage stage =
                Stage.make("benchmark-failover", 3, LOAD, Chaos.directory().resolve("logs"))) {
            out.printf(
                    "%d processors; %d writers, at most %d writes a second together; medians [least..most]%n",
                    Runtime.getRuntime().availableProcessors(), LOAD.writers(), LOAD.writesPerSecond());
            CycleRun cycles = new CycleRun(stage, Duration.ofSeconds(180));
            FailoverBenchmark failover = new FailoverBenchmark(stage, cycles, out);
            for (Fault fault : List.of(
                    new PostmasterKilled("KILL"),
                    new PodDeleted(Part.PRIMARY, false),
                    new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT))) {
                clean &= failover.run(fault, runs);
            }
            List<String> complaints = cycles.verifyAll();
            complaints.forEach(each -> out.println("! " + each));
            clean &= complaints.isEmpty();
            new CommitLatency(stage, out).run(1000);
            stage.clients().stop();
            Thread.sleep(Duration.ofSeconds(60).toMillis());
            new IdleCost(stage, out).run();
        } finally {
            TestCluster.fault("all", "heal");
        }
        System.exit(clean ? 0 : 1);
    }
}
