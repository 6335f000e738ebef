package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a commit costs that waits for a majority, against one that waits for nobody: same cluster, same clients, same rate, in turns. From
 * COMMIT to its answer, by the clients' clocks.
 */
final class CommitLatency {

    private static final int TURNS = 5;
    private static final long TURN_MILLIS = 10_000;
    private static final long WARM_MICROS = 1_000_000;

    private final Stage stage;
    private final PrintStream out;

    CommitLatency(Stage stage, PrintStream out) {
        this.stage = stage;
        this.out = out;
    }

    void run(int firstRound) throws Exception {
        Map<String, List<Long>> commits = new LinkedHashMap<>();
        int round = firstRound;
        for (int turn = 0; turn < TURNS; turn++) {
            for (String rule : List.of("Majority", "None")) {
                stage.cluster().patch("{\"replication\": {\"synchronous\": \"" + rule + "\"}}");
                stage.cluster().awaitSettled();
                boolean waits = !stage.rows()
                        .at(stage.rows().primary())
                        .value("show synchronous_standby_names")
                        .isEmpty();
                if (waits != rule.equals("Majority")) {
                    throw new IllegalStateException("the rule " + rule + " is not in force");
                }
                stage.clients().begin(round++);
                Thread.sleep(TURN_MILLIS);
                stage.clients().rest();
                stage.clients().fetch().values().forEach(piece -> {
                    long warm = piece.attempts().stream()
                                    .mapToLong(Attempt::sent)
                                    .min()
                                    .orElseThrow()
                            + WARM_MICROS;
                    piece.attempts().stream()
                            .filter(attempt -> attempt.outcome() == Outcome.ACKNOWLEDGED && attempt.sent() > warm)
                            .forEach(attempt -> commits.computeIfAbsent(rule, each -> new ArrayList<>())
                                    .add(attempt.commit()));
                });
            }
        }
        stage.cluster().patch("{\"replication\": {\"synchronous\": \"Majority\"}}");
        stage.cluster().awaitSettled();
        commits.forEach((rule, all) -> out.printf(
                Locale.ROOT,
                "commit with synchronous %-9s median %.2f ms, 99 of 100 within %.2f ms (%d commits)%n",
                rule + ":",
                Figures.median(all) / 1000,
                percentile(all, 99) / 1000.0,
                all.size()));
        out.printf(
                Locale.ROOT,
                "Majority against None, medians: %.2f times%n",
                Figures.median(commits.get("Majority")) / Figures.median(commits.get("None")));
    }

    private static long percentile(List<Long> values, int percent) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
