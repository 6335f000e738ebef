package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.e2e.support.Operator;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a commit costs that waits for a majority, against one that waits for nobody, and against the same PostgreSQL with the same {@code synchronous_standby_names}
 * while no operator runs: same cluster, same clients, same rate. In up to six rounds the three come in each of their six orders, so that none is always measured after the
 * same other one. Before each the load runs for a while, from a checkpoint on: what a change of the rule, a checkpoint and an operator that starts leave behind is over
 * by then. From COMMIT to its answer, by the clients' clocks.
 */
final class CommitLatency {

    private static final long SETTLING_MILLIS = 8_000;
    private static final long MEASURED_MILLIS = 8_000;
    private static final long MICROS = 1000;

    /** Within which a primary that lived on heartbeats is told that it needs none: until then it would stop itself when the operator goes. */
    private static final long TOLD_MILLIS = 5_000;

    /** What is measured. */
    enum Way {
        MAJORITY("Majority"),
        PLAIN("Majority, no operator"),
        NONE("None");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    /** All there are; already in the first three each is first, second and third once. */
    private static final List<List<Way>> ORDERS = List.of(
            List.of(Way.MAJORITY, Way.PLAIN, Way.NONE),
            List.of(Way.NONE, Way.MAJORITY, Way.PLAIN),
            List.of(Way.PLAIN, Way.NONE, Way.MAJORITY),
            List.of(Way.MAJORITY, Way.NONE, Way.PLAIN),
            List.of(Way.PLAIN, Way.MAJORITY, Way.NONE),
            List.of(Way.NONE, Way.PLAIN, Way.MAJORITY));

    /** One measurement: microseconds, and how many commits there were. */
    private record Taken(double median, double within99, int commits) {}

    private final Stage stage;
    private final PrintStream out;
    private final Map<Way, List<Taken>> taken = new EnumMap<>(Way.class);
    private int round;

    CommitLatency(Stage stage, PrintStream out, int firstRound) {
        this.stage = stage;
        this.out = out;
        this.round = firstRound;
    }

    /** So many rounds, six at most. */
    void run(int rounds) throws Exception {
        out.println(
                "commits, ms from COMMIT to its answer: median (99 of 100 within), in the order in which they were measured");
        for (List<Way> order : ORDERS.subList(0, Math.min(rounds, ORDERS.size()))) {
            StringBuilder line = new StringBuilder();
            for (Way way : order) {
                Taken now = take(way);
                taken.computeIfAbsent(way, each -> new ArrayList<>()).add(now);
                line.append(String.format(
                        Locale.ROOT, "  %s %.2f (%.2f)", way.words, now.median() / MICROS, now.within99() / MICROS));
            }
            out.println(line);
        }
        demand("Majority");
        for (Way way : Way.values()) {
            List<Taken> all = taken.get(way);
            out.printf(
                    Locale.ROOT,
                    "  %-22s median of %d rounds %s ms, 99 of 100 within %s ms, %d commits%n",
                    way.words,
                    all.size(),
                    figures(all.stream().map(each -> each.median() / MICROS).toList()),
                    figures(all.stream().map(each -> each.within99() / MICROS).toList()),
                    all.stream().mapToInt(Taken::commits).sum());
        }
        out.printf(
                "  of each round, Majority against the same PostgreSQL without an operator: %s times; against None: %s times%n",
                figures(ratios(Way.PLAIN)), figures(ratios(Way.NONE)));
    }

    private List<Double> ratios(Way other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < taken.get(other).size(); i++) {
            ratios.add(taken.get(Way.MAJORITY).get(i).median()
                    / taken.get(other).get(i).median());
        }
        return ratios;
    }

    private Taken take(Way way) throws Exception {
        demand(way == Way.NONE ? "None" : "Majority");
        if (way == Way.PLAIN) {
            try {
                Operator.away();
                return measure();
            } finally {
                Operator.back();
            }
        }
        return measure();
    }

    private void demand(String rule) throws SQLException, InterruptedException {
        stage.cluster().patch("{\"replication\": {\"synchronous\": \"" + rule + "\"}}");
        stage.cluster().awaitSettled();
        boolean waits = !stage.rows()
                .at(stage.rows().primary())
                .value("show synchronous_standby_names")
                .isEmpty();
        if (waits != rule.equals("Majority")) {
            throw new IllegalStateException("the rule " + rule + " is not in force");
        }
        Thread.sleep(TOLD_MILLIS);
    }

    private Taken measure() throws Exception {
        stage.rows().at(stage.rows().primary()).execute("checkpoint");
        stage.clients().begin(round++);
        Thread.sleep(SETTLING_MILLIS + MEASURED_MILLIS);
        stage.clients().rest();
        List<Long> commits = new ArrayList<>();
        stage.clients().fetch().values().forEach(piece -> {
            long from =
                    piece.attempts().stream().mapToLong(Attempt::sent).min().orElseThrow() + SETTLING_MILLIS * MICROS;
            piece.attempts().stream()
                    .filter(attempt -> attempt.outcome() == Outcome.ACKNOWLEDGED
                            && attempt.sent() > from
                            && attempt.sent() < from + MEASURED_MILLIS * MICROS)
                    .forEach(attempt -> commits.add(attempt.commit()));
        });
        return new Taken(Figures.median(commits), percentile(commits, 99), commits.size());
    }

    private static String figures(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        double median = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
        return String.format(Locale.ROOT, "%.2f [%.2f..%.2f]", median, sorted.get(0), sorted.get(sorted.size() - 1));
    }

    private static long percentile(List<Long> values, int percent) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
