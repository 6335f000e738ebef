package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.e2e.support.Operator;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a commit costs that waits for a majority, against one that waits for nobody, and against the same PostgreSQL with the same {@code synchronous_standby_names}
 * while no operator runs: same cluster, same clients, same rate, in turns. From COMMIT to its answer, by the clients' clocks.
 */
final class CommitLatency {

    private static final int TURNS = 5;
    private static final long TURN_MILLIS = 10_000;
    private static final long WARM_MICROS = 1_000_000;

    private static final String MAJORITY = "Majority";
    private static final String NONE = "None";
    private static final String ALONE = "Majority, no operator";

    private final Stage stage;
    private final PrintStream out;
    private final Map<String, List<Long>> commits = new LinkedHashMap<>();

    CommitLatency(Stage stage, PrintStream out) {
        this.stage = stage;
        this.out = out;
    }

    void run(int firstRound) throws Exception {
        int round = firstRound;
        for (int turn = 0; turn < TURNS; turn++) {
            demand(MAJORITY);
            measure(MAJORITY, round++);
            try {
                Operator.away();
                measure(ALONE, round++);
            } finally {
                Operator.back();
            }
            demand(NONE);
            measure(NONE, round++);
        }
        demand(MAJORITY);
        commits.forEach((how, all) -> out.printf(
                Locale.ROOT,
                "commit with synchronous %-22s median %.2f ms, 99 of 100 within %.2f ms (%d commits)%n",
                how + ":",
                Figures.median(all) / 1000,
                percentile(all, 99) / 1000.0,
                all.size()));
        out.printf(
                Locale.ROOT,
                "medians: Majority against None %.2f times, against Majority without an operator %.2f times%n",
                Figures.median(commits.get(MAJORITY)) / Figures.median(commits.get(NONE)),
                Figures.median(commits.get(MAJORITY)) / Figures.median(commits.get(ALONE)));
    }

    private void demand(String rule) throws SQLException {
        stage.cluster().patch("{\"replication\": {\"synchronous\": \"" + rule + "\"}}");
        stage.cluster().awaitSettled();
        boolean waits = !stage.rows()
                .at(stage.rows().primary())
                .value("show synchronous_standby_names")
                .isEmpty();
        if (waits != rule.equals(MAJORITY)) {
            throw new IllegalStateException("the rule " + rule + " is not in force");
        }
    }

    private void measure(String how, int round) throws Exception {
        stage.clients().begin(round);
        Thread.sleep(TURN_MILLIS);
        stage.clients().rest();
        stage.clients().fetch().values().forEach(piece -> {
            long warm = piece.attempts().stream().mapToLong(Attempt::sent).min().orElseThrow() + WARM_MICROS;
            piece.attempts().stream()
                    .filter(attempt -> attempt.outcome() == Outcome.ACKNOWLEDGED && attempt.sent() > warm)
                    .forEach(attempt -> commits.computeIfAbsent(how, each -> new ArrayList<>())
                            .add(attempt.commit()));
        });
    }

    private static long percentile(List<Long> values, int percent) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
