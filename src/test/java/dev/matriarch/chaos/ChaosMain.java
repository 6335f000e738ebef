package dev.matriarch.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;

/** {@code scripts/chaos}: what stands behind it. */
public final class ChaosMain {

    private static final String USAGE = """
            usage: scripts/chaos [--cluster NAME] OPTION...

              --cycles N          how many faults (20)
              --seed S            another run with the same seed, cycles, sizes and faults does the same (random, printed)
              --faults NAME,...   only these (all)
              --instances N,...   sizes of the clusters; the first one more often than the others (3,5)
              --writers N         at least 6, half by each way (%d)
              --rate N            writes a second, all together (%d)
              --limit SECONDS     in which a cluster must be whole again (180)
              --list              the names of all faults

            The local cluster NAME (chaos) is started when it is not up, and taken away afterwards; one that is up stays.
            The report is target/chaos/report.html.
            """.formatted(Chaos.LOAD.writers(), Chaos.LOAD.writesPerSecond());

    private long seed = new Random().nextLong(1_000_000_000);
    private int cycles = 20;
    private List<Fault> faults = Faults.all();
    private List<Integer> instances = List.of(3, 5);
    private int writers = Chaos.LOAD.writers();
    private int rate = Chaos.LOAD.writesPerSecond();
    private Duration limit = Duration.ofSeconds(180);

    private ChaosMain(String... words) {
        List<String> left = new ArrayList<>(Arrays.asList(words));
        while (!left.isEmpty()) {
            String option = left.remove(0);
            if (left.isEmpty()) {
                throw new IllegalArgumentException(option + " wants a value.\n" + USAGE);
            }
            String value = left.remove(0);
            switch (option) {
                case "--seed" -> seed = Long.parseLong(value);
                case "--cycles" -> cycles = atLeast(1, option, value);
                case "--instances" ->
                    instances = Arrays.stream(value.split(","))
                            .map(each -> atLeast(2, option, each))
                            .toList();
                case "--writers" -> writers = atLeast(6, option, value);
                case "--rate" -> rate = atLeast(1, option, value);
                case "--limit" -> limit = Duration.ofSeconds(atLeast(1, option, value));
                case "--faults" -> faults = Faults.named(new LinkedHashSet<>(Arrays.asList(value.split(","))));
                default -> throw new IllegalArgumentException("There is no option " + option + ".\n" + USAGE);
            }
        }
    }

    private static int atLeast(int least, String option, String value) {
        int number = Integer.parseInt(value);
        if (number < least) {
            throw new IllegalArgumentException(option + " is at least " + least + ", not " + value + ".");
        }
        return number;
    }

    public static void main(String[] words) throws Exception {
        if (Arrays.asList(words).contains("--list")) {
            Faults.all().forEach(fault -> System.out.println(fault.name()));
            return;
        }
        if (Arrays.asList(words).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        ChaosMain settings;
        try {
            settings = new ChaosMain(words);
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(settings.run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        Path directory = Chaos.directory();
        Chaos.Outcome outcome = new Chaos(
                        directory, new LoadClients.Load(writers, rate, Chaos.LOAD.answerMillis()), limit, System.out)
                .run(seed, cycles, instances, faults);
        System.out.printf(
                "seed %d: %d cycles, %d acknowledged writes (%d a second offered, %s reached before the faults), %d lost, %d duplicated, %d cycles not compared; %s. Report: %s%n",
                seed,
                outcome.cycles().size(),
                outcome.cycles().stream().mapToLong(CycleResult::acknowledged).sum(),
                rate,
                Figures.of(outcome.cycles().stream()
                        .map(cycle -> (long) cycle.perSecond())
                        .toList()),
                outcome.cycles().stream().mapToLong(CycleResult::lost).sum(),
                outcome.cycles().stream().mapToLong(CycleResult::duplicated).sum(),
                outcome.cycles().stream().filter(cycle -> !cycle.compared()).count(),
                outcome.clean() ? "all as it must be" : "NOT all as it must be",
                directory.resolve("report.html"));
        return outcome.clean();
    }
}
