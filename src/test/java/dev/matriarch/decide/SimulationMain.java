package dev.matriarch.decide;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** {@code scripts/simulate}: what stands behind it. */
public final class SimulationMain {

    private static final long SEEDS = 100_000;

    private static final String USAGE = """
            usage: scripts/simulate [--seeds N] [--from N] [--mutant NAME] [--lasting]
                   scripts/simulate --seed N [--mutant NAME] [--lasting]
                   scripts/simulate --mutants [--seeds N] [--from N]

              --seeds N       so many courses, on all cores (100000)
              --from N        the first seed (0)
              --seed N        one course, with all that happens in it
              --mutant NAME   a part of the protocol is left out
              --lasting       in the end a minority of the instances never comes back
              --mutants       the table of docs/simulation.md: how often each mutant is noticed, in 8000 courses
              --list          the names of all mutants

            Ends with 1 when something was seen that must never be. docs/simulation.md says what that is.
            """;

    private Optional<Long> seeds = Optional.empty();
    private long from;
    private Optional<Long> seed = Optional.empty();
    private Mutant mutant = Mutant.NONE;
    private boolean allMutants;
    private boolean lasting;

    private SimulationMain(String... words) {
        Deque<String> left = new ArrayDeque<>(Arrays.asList(words));
        while (!left.isEmpty()) {
            String option = left.poll();
            if ("--mutants".equals(option)) {
                allMutants = true;
                continue;
            }
            if ("--lasting".equals(option)) {
                lasting = true;
                continue;
            }
            String value = left.isEmpty() ? "" : left.poll();
            switch (option) {
                case "--seeds" -> seeds = Optional.of(number(option, value));
                case "--from" -> from = number(option, value);
                case "--seed" -> seed = Optional.of(number(option, value));
                case "--mutant" -> mutant = mutant(value);
                default -> throw new IllegalArgumentException("There is no option " + option + ".\n" + USAGE);
            }
        }
    }

    private static long number(String option, String value) {
        if (!value.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(option + " wants a number, not '" + value + "'.");
        }
        return Long.parseLong(value);
    }

    private static Mutant mutant(String name) {
        return Arrays.stream(Mutant.values())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("There is no mutant '" + name + "'; --list names them."));
    }

    public static void main(String[] words) throws InterruptedException {
        List<String> all = Arrays.asList(words);
        if (all.contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        if (all.contains("--list")) {
            Arrays.stream(Mutant.values()).skip(1).forEach(System.out::println);
            return;
        }
        SimulationMain settings;
        try {
            settings = new SimulationMain(words);
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(settings.run() ? 0 : 1);
    }

    private boolean run() throws InterruptedException {
        if (seed.isPresent()) {
            return one(seed.get());
        }
        if (allMutants) {
            MutantsTable.print(from, seeds.orElse(MutantsTable.SEEDS), System.out, System.err);
            return true;
        }
        Campaign campaign = new Campaign(from, seeds.orElse(SEEDS), mutant, lasting);
        campaign.run(System.err);
        System.out.println(campaign);
        return campaign.first().isEmpty();
    }

    private boolean one(long number) {
        Course course = new Course(number, mutant, lasting);
        Optional<Violation> violation = course.run();
        System.out.println(course.world.trace);
        System.out.println(course.world.state());
        System.out.println(
                "seed " + number + ": " + violation.map(Violation::what).orElse("all as it must be"));
        violation.map(Throwable::getCause).ifPresent(cause -> cause.printStackTrace(System.out));
        return violation.isEmpty();
    }
}
