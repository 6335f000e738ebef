package dev.matriarch.chaos;

import dev.matriarch.chaos.LoadClients.Load;
import dev.matriarch.e2e.support.TestCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A run of cycles from a seed. */
public final class Chaos {

    /** The load of the cycles. */
    public static final Load LOAD = new Load(6, 600, 1500);

    private final Path directory;
    private final Load load;
    private final Duration limit;
    private final PrintStream out;

    /**
     * A run's circumstances.
     *
     * @param directory for the report and what is kept of failures
     * @param limit in which a cluster must be whole again
     * @param out where each cycle is told
     */
    public Chaos(Path directory, Load load, Duration limit, PrintStream out) {
        this.directory = directory;
        this.load = load;
        this.limit = limit;
        this.out = out;
    }

    /** What came of it. Cycles that were not reached are not there, and then there is a complaint. */
    public record Outcome(long seed, List<CycleResult> cycles, List<String> complaints) {

        public boolean clean() {
            return complaints.isEmpty() && cycles.stream().allMatch(CycleResult::isClean);
        }
    }

    /** Runs the cycles of a seed, and leaves the report. It ends early when a cluster is not whole: what came next would say nothing. */
    public Outcome run(long seed, int cycles, List<Integer> sizes, List<Fault> faults) throws Exception {
        out.printf("seed %d, %d cycles, %d faults%n", seed, cycles, faults.size());
        List<CycleResult> results = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        deleteLogs();
        try {
            for (Schedule.Block block : Schedule.of(seed, cycles, sizes, faults)) {
                if (!run(block, results, complaints)) {
                    complaints.add("ended after cycle " + results.size() + " of " + cycles);
                    break;
                }
            }
        } finally {
            new RawData(directory).write(seed, load, results, complaints);
            new HtmlReport(directory).write(seed, load, results, complaints);
        }
        complaints.forEach(each -> out.println("! " + each));
        return new Outcome(seed, List.copyOf(results), List.copyOf(complaints));
    }

    private boolean run(Schedule.Block block, List<CycleResult> results, List<String> complaints) throws Exception {
        Stage stage = Stage.make("chaos", block.instances(), "storage: {storageClassName: disk}", load, logs());
        try (stage) {
            CycleRun run = new CycleRun(stage, limit);
            for (Schedule.Cycle cycle : block.cycles()) {
                CycleResult result = run.run(cycle).result();
                results.add(result);
                out.println(result.line());
                if (!result.isClean()) {
                    stage.record("cycle " + cycle.number(), new AssertionError(result.line()));
                }
                if (result.whole() < 0) {
                    return false;
                }
            }
            complaints.addAll(run.verifyAll());
            if (complaints.isEmpty() && results.stream().allMatch(CycleResult::isClean)) {
                deleteLogs();
            }
            return true;
        } catch (Exception | AssertionError e) {
            complaints.add("cycle " + (results.size() + 1) + ": " + e);
            stage.record("cycle " + (results.size() + 1), e);
            return false;
        } finally {
            TestCluster.fault("all", "heal");
        }
    }

    /** What each client has logged. Kept when something is not as it must be. */
    private Path logs() {
        return directory.resolve("logs");
    }

    private void deleteLogs() throws IOException {
        if (Files.exists(logs())) {
            try (Stream<Path> files = Files.list(logs())) {
                files.forEach(each -> each.toFile().delete());
            }
        }
    }

    /** Where reports go. */
    public static Path directory() throws IOException {
        return Files.createDirectories(Path.of("target", "chaos"));
    }
}
