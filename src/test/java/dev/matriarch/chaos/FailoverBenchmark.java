package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Way;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.Waiting;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * One fault, many times: write gaps, and where the time goes. Steps are told in milliseconds after the last write that was acknowledged before
 * the gap, because that is when the fault began for clients. Where the operator's leader is, is said each time: on the primary's node a cut takes both at once.
 */
final class FailoverBenchmark {

    /** Where the leading operator is. */
    enum Leader {
        ON_ANOTHER_NODE,
        BESIDE_THE_PRIMARY
    }

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
    boolean run(Fault fault, Leader leader, int runs) throws Exception {
        List<CycleRun.Seen> all = new ArrayList<>();
        Map<String, List<Long>> steps = new LinkedHashMap<>();
        for (int run = 0; run < runs; run++) {
            put(leader);
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
        print(fault, leader, all, steps);
        return all.stream().allMatch(seen -> seen.result().isClean());
    }

    private void put(Leader leader) {
        Waiting.await("the operator leads " + words(leader)).until(() -> {
            Situation now = new Situation(stage.cluster(), CHANCE);
            String node = Operator.leader().getSpec().getNodeName();
            if ((leader == Leader.BESIDE_THE_PRIMARY) == node.equals(now.node(now.primary()))) {
                return true;
            }
            if (leader == Leader.BESIDE_THE_PRIMARY) {
                leadThePrimaryTo(node, now);
            } else {
                String before = Operator.holder();
                Operator.kubectl()
                        .does("delete", "pod", Operator.leader().getMetadata().getName());
                Waiting.await("another leads").until(() -> !before.equals(Operator.holder()));
                Operator.awaitAvailable();
            }
            Waiting.await("settled").untilAsserted(stage.cluster()::assertSettled);
            return false;
        });
    }

    private void leadThePrimaryTo(String node, Situation now) {
        int target = IntStream.range(0, stage.cluster().get().getSpec().instances())
                .filter(ordinal -> now.node(ordinal).equals(node))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no instance is on " + node));
        Switchover.apply(
                        stage.cluster(),
                        "benchmark-" + UUID.randomUUID().toString().substring(0, 8),
                        "target: " + now.name(target))
                .awaitCompleted();
    }

    private static String words(Leader leader) {
        return leader == Leader.BESIDE_THE_PRIMARY ? "on the primary's node" : "from another node than the primary's";
    }

    private void print(Fault fault, Leader leader, List<CycleRun.Seen> all, Map<String, List<Long>> steps) {
        out.printf(
                "%s, the operator leading %s: %d runs, another instance led afterwards in %d%n",
                fault.name(),
                words(leader),
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
