package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Way;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.Waiting;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One fault, many times: write gaps, and where the time goes. Steps are told in milliseconds after the last write that was acknowledged before
 * the gap, because that is when the fault began for clients. The operator's leader is kept off the primary's node, so a cut node is one fault
 * and not two; {@code scripts/chaos} has both at once.
 */
final class FailoverBenchmark {

    private static final Random CHANCE = new Random(4);

    private final Stage stage;
    private final CycleRun cycles;
    private final PrintStream out;
    private int cycle;

    FailoverBenchmark(Stage stage, CycleRun cycles, PrintStream out) {
        this.stage = stage;
        this.cycles = cycles;
        this.out = out;
    }

    /** Whether all went well; the figures are printed. */
    boolean run(Fault fault, int runs) throws Exception {
        List<CycleRun.Seen> all = new ArrayList<>();
        Map<String, List<Long>> steps = new LinkedHashMap<>();
        for (int run = 0; run < runs; run++) {
            keepLeaderOffThePrimarysNode();
            CycleRun.Seen seen = cycles.run(new Schedule.Cycle(++cycle, fault, CHANCE.nextLong()));
            all.add(seen);
            seen.result().complaints().forEach(each -> out.println("  ! run " + all.size() + ": " + each));
            if (seen.result().whole() < 0) {
                return false;
            }
            String cluster = stage.cluster().get().getMetadata().getNamespace() + "/"
                    + stage.cluster().name();
            TransitionLog.firsts(TransitionLog.read(cluster, seen.service().from(), seen.rested()))
                    .forEach((row, at) -> steps.computeIfAbsent(row, step -> new ArrayList<>())
                            .add((at - seen.service().from()) / 1000));
        }
        print(fault, all, steps);
        return all.stream().allMatch(seen -> seen.result().isClean());
    }

    private void keepLeaderOffThePrimarysNode() {
        Waiting.await("the operator leads from another node than the primary's").until(() -> {
            Situation now = new Situation(stage.cluster(), CHANCE);
            if (!Operator.leader().getSpec().getNodeName().equals(now.node(now.primary()))) {
                return true;
            }
            String before = Operator.holder();
            Operator.kubectl()
                    .does("delete", "pod", Operator.leader().getMetadata().getName());
            Waiting.await("another leads").until(() -> !before.equals(Operator.holder()));
            Operator.awaitAvailable();
            stage.cluster().assertSettled();
            return false;
        });
    }

    private void print(Fault fault, List<CycleRun.Seen> all, Map<String, List<Long>> steps) {
        out.printf(
                "%s: %d runs, another instance led afterwards in %d%n",
                fault.name(),
                all.size(),
                all.stream().filter(seen -> seen.result().epochs() > 0).count());
        row("write gap of a client, Service", clients(all, Way.SERVICE));
        row("write gap of a client, multi-host", clients(all, Way.MULTIHOST));
        row("worst client of each run, Service", figures(all, CycleResult::worstService));
        row("worst client of each run, multi-host", figures(all, CycleResult::worstMultihost));
        row("whole again after the fault's end", figures(all, CycleResult::whole));
        out.println("  the operator's steps, ms after the last write before the gap:");
        steps.entrySet().stream()
                .sorted(Comparator.comparingDouble(step -> Figures.median(step.getValue())))
                .forEach(step ->
                        row("  " + step.getKey() + " (" + step.getValue().size() + " runs)", step.getValue()));
    }

    private static List<Long> clients(List<CycleRun.Seen> all, Way way) {
        return all.stream()
                .flatMap(seen -> seen.clients().get(way).stream())
                .map(WriteGaps.Gap::millis)
                .toList();
    }

    private static List<Long> figures(List<CycleRun.Seen> all, java.util.function.Function<CycleResult, Long> figure) {
        return all.stream().map(CycleRun.Seen::result).map(figure).toList();
    }

    private void row(String what, List<Long> figures) {
        out.printf("  %-44s %s ms%n", what, Figures.of(figures));
    }
}
