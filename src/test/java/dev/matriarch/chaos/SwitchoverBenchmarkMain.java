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
 * {@code scripts/benchmark-switchover}: what stands behind it. Switchovers one after the other under load, forth to the standby that the operator chooses and back to
 * who led before; what clients saw, what the PgSwitchovers say, and whether every acknowledged write is on every instance once.
 */
public final class SwitchoverBenchmarkMain {

    /** Two writers by each way, 500 writes a second together, and a reader of the standbys on each node. */
    private static final LoadClients.Load LOAD = new LoadClients.Load(4, 500, 1500);

    private final Stage stage;
    private final String replication;
    private final PrintStream out;
    private final Map<String, List<Long>> figures = new LinkedHashMap<>();
    private int runs;
    private int readersWaitedLonger;
    private long acknowledged;
    private long lost;
    private long duplicated;
    private long rate;
    private boolean clean = true;

    private SwitchoverBenchmarkMain(Stage stage, String replication, PrintStream out) {
        this.stage = stage;
        this.replication = replication;
        this.out = out;
    }

    public static void main(String[] words) throws Exception {
        int runs = Integer.parseInt(words[0]);
        boolean clean = true;
        try {
            for (String replication : words[1].equals("Both") ? List.of("Majority", "None") : List.of(words[1])) {
                try (Stage stage = Stage.make(
                        "benchmark-switchover",
                        3,
                        "replication: {synchronous: " + replication + "}",
                        LOAD,
                        Chaos.directory().resolve("logs"))) {
                    SwitchoverBenchmarkMain benchmark = new SwitchoverBenchmarkMain(stage, replication, System.out);
                    benchmark.run(runs);
                    clean &= benchmark.clean;
                }
            }
        } finally {
            TestCluster.fault("all", "heal");
        }
        System.exit(clean ? 0 : 1);
    }

    private void run(int wanted) throws Exception {
        CycleRun cycles = new CycleRun(stage, Duration.ofSeconds(120));
        Random chance = new Random(5);
        String back = "";
        for (int run = 1; run <= wanted; run++) {
            String primary = stage.cluster().status().primary();
            Asking asking = new Asking(run % 2 == 0 ? "target: " + back : "");
            back = primary;
            CycleRun.Seen seen = cycles.run(new Schedule.Cycle(run, asking, chance.nextLong()));
            seen.result().complaints().forEach(each -> out.println("  ! " + each));
            clean &= seen.result().isClean();
            lost += seen.result().lost();
            duplicated += seen.result().duplicated();
            if (seen.result().whole() < 0) {
                break;
            }
            count(seen, asking.asked.status());
            asking.asked.delete();
        }
        List<String> complaints = cycles.verifyAll();
        complaints.forEach(each -> out.println("! " + each));
        clean &= complaints.isEmpty();
        print();
    }

    private void print() {
        out.printf(
                "%d processors; synchronous %s; %d switchovers, forth and back; %d writers; medians [least..most] in ms%n",
                Runtime.getRuntime().availableProcessors(), replication, runs, LOAD.writers());
        figures.forEach((what, all) -> out.printf("  %-52s %s%n", what, Figures.of(all)));
        out.printf("  runs in which a reader waited longer than a writer: %d of %d%n", readersWaitedLonger, runs);
        out.printf(
                "  %d writes acknowledged, some %d a second: %d lost, %d duplicated; %s%n",
                acknowledged, rate, lost, duplicated, clean ? "each on every instance, once" : "see above");
    }

    private void count(CycleRun.Seen seen, PgSwitchoverStatus status) {
        runs++;
        acknowledged += seen.result().acknowledged();
        rate = seen.result().perSecond();
        for (Gap gap : seen.clients().get(Way.SERVICE)) {
            figure("write gap of a client, Service", gap.millis());
        }
        for (Gap gap : seen.clients().get(Way.MULTIHOST)) {
            figure("write gap of a client, multi-host", gap.millis());
        }
        long write = Math.max(seen.result().worstService(), seen.result().worstMultihost());
        long read = seen.readers().stream().mapToLong(Gap::millis).max().orElseThrow();
        readersWaitedLonger += read > write ? 1 : 0;
        figure("write gap of the worst client of a run", write);
        figure("time without a read of the worst reader of a run", read);
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
        private final String spec;
        private Switchover asked;

        /** @param spec of the PgSwitchover, besides its cluster */
        Asking(String spec) {
            this.spec = spec;
        }

        @Override
        public String name() {
            return "switchover";
        }

        @Override
        public Injury inject(Situation situation) {
            Cluster cluster = situation.cluster();
            asked = Switchover.apply(cluster, "benchmark-" + situation.chance().nextInt(1_000_000), spec);
            return Injury.once("anybody", asked::hasCompleted);
        }
    }
}
