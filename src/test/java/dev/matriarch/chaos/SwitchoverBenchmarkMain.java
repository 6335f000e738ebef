package dev.matriarch.chaos;

import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.chaos.Attempt.Way;
import dev.matriarch.chaos.WriteGaps.Gap;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestCluster;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * {@code scripts/benchmark-switchover}: what stands behind it. Switchovers one after the other under load, each to the standby that the operator chooses; what clients
 * saw, what the PgSwitchovers say, and whether every acknowledged write is on every instance once.
 */
public final class SwitchoverBenchmarkMain {

    /** Two writers by each way, 500 writes a second together, and a reader of the standbys on each node. */
    private static final LoadClients.Load LOAD = new LoadClients.Load(4, 500, 1500);

    private final Stage stage;
    private final PrintStream out;
    private final Map<String, List<Long>> figures = new LinkedHashMap<>();
    private long acknowledged;
    private long rate;
    private boolean clean = true;

    private SwitchoverBenchmarkMain(Stage stage, PrintStream out) {
        this.stage = stage;
        this.out = out;
    }

    public static void main(String[] words) throws Exception {
        int runs = Integer.parseInt(words[0]);
        String replication = words[1];
        try (Stage stage = Stage.make(
                "benchmark-switchover",
                3,
                "replication: {synchronous: " + replication + "}",
                LOAD,
                Chaos.directory().resolve("logs"))) {
            SwitchoverBenchmarkMain benchmark = new SwitchoverBenchmarkMain(stage, System.out);
            benchmark.run(runs, replication);
            System.exit(benchmark.clean ? 0 : 1);
        } finally {
            TestCluster.fault("all", "heal");
        }
    }

    private void run(int runs, String replication) throws Exception {
        CycleRun cycles = new CycleRun(stage, Duration.ofSeconds(120));
        Random chance = new Random(5);
        for (int run = 1; run <= runs; run++) {
            Asking asking = new Asking();
            CycleRun.Seen seen = cycles.run(new Schedule.Cycle(run, asking, chance.nextLong()));
            seen.result().complaints().forEach(each -> out.println("  ! " + each));
            clean &= seen.result().isClean();
            if (seen.result().whole() < 0) {
                break;
            }
            count(seen, asking.asked.status());
            asking.asked.delete();
        }
        List<String> complaints = cycles.verifyAll();
        complaints.forEach(each -> out.println("! " + each));
        clean &= complaints.isEmpty();
        out.printf(
                "%d processors; synchronous %s; %d switchovers; %d writers; medians [least..most] in ms%n",
                Runtime.getRuntime().availableProcessors(), replication, runs, LOAD.writers());
        figures.forEach((what, all) -> out.printf("  %-44s %s%n", what, Figures.of(all)));
        out.printf(
                "  %d writes acknowledged, some %d a second: %s%n",
                acknowledged, rate, clean ? "each on every instance, once" : "see above");
    }

    private void count(CycleRun.Seen seen, PgSwitchoverStatus status) {
        acknowledged += seen.result().acknowledged();
        rate = seen.result().perSecond();
        for (Gap gap : seen.clients().get(Way.SERVICE)) {
            figure("write gap of a client, Service", gap.millis());
        }
        for (Gap gap : seen.clients().get(Way.MULTIHOST)) {
            figure("write gap of a client, multi-host", gap.millis());
        }
        figure("failed reads of all readers (count)", seen.result().failedReads());
        figure("outage, as the PgSwitchover says", status.writeOutageMilliseconds());
        figure(
                "its turn to Completed",
                Duration.between(Instant.parse(status.startedAt()), Instant.parse(status.completedAt()))
                        .toMillis());
        status.phases().forEach(each -> figure("  " + each.name(), each.milliseconds()));
    }

    private void figure(String what, long value) {
        figures.computeIfAbsent(what, key -> new ArrayList<>()).add(value);
    }

    /** A switchover that is remembered. */
    private static final class Asking implements Fault {
        private Switchover asked;

        @Override
        public String name() {
            return "switchover";
        }

        @Override
        public Injury inject(Situation situation) {
            Cluster cluster = situation.cluster();
            asked = Switchover.apply(cluster, "benchmark-" + situation.chance().nextInt(1_000_000), "");
            return Injury.once("anybody", asked::hasCompleted);
        }
    }
}
