package dev.matriarch.decide;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Many {@link Course}s, on all cores. */
final class Campaign {

    /** Seconds between two lines that say how far it is. */
    private static final int PROGRESS = 10;

    /** The lowest seed with a violation, and the first line of it. */
    record First(long seed, String what) {}

    private final long from;
    private final long seeds;
    private final Mutant mutant;
    private final boolean lasting;
    private final AtomicLong begun = new AtomicLong();
    private final Map<Violation.Kind, Long> violations = new EnumMap<>(Violation.Kind.class);
    private Optional<First> first = Optional.empty();
    private final long beganAt = System.nanoTime();

    Campaign(long from, long seeds, Mutant mutant) {
        this(from, seeds, mutant, false);
    }

    Campaign(long from, long seeds, Mutant mutant, boolean lasting) {
        this.lasting = lasting;
        this.from = from;
        this.seeds = seeds;
        this.mutant = mutant;
    }

    Campaign run(PrintStream progress) throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(cores);
        for (int i = 0; i < cores; i++) {
            pool.execute(this::work);
        }
        pool.shutdown();
        while (!pool.awaitTermination(PROGRESS, TimeUnit.SECONDS)) {
            progress.println(Math.min(begun.get(), seeds) + " of " + this);
        }
        return this;
    }

    private void work() {
        for (long number = begun.getAndIncrement(); number < seeds; number = begun.getAndIncrement()) {
            long seed = from + number;
            new Course(seed, mutant, lasting).run().ifPresent(violation -> seen(seed, violation));
        }
    }

    private synchronized void seen(long seed, Violation violation) {
        violations.merge(violation.kind, 1L, Long::sum);
        if (first.isEmpty() || seed < first.get().seed()) {
            first = Optional.of(new First(seed, violation.what()));
        }
    }

    /** In how many courses so far something of this kind was seen. */
    synchronized long count(Violation.Kind kind) {
        return violations.getOrDefault(kind, 0L);
    }

    synchronized Optional<First> first() {
        return first;
    }

    /** How far it is, or how it ended. */
    @Override
    public synchronized String toString() {
        double seconds = (System.nanoTime() - beganAt) / 1e9;
        String counts = violations.isEmpty()
                ? "no violation"
                : violations.entrySet().stream()
                        .map(each -> each.getValue() + " " + each.getKey())
                        .collect(Collectors.joining(", "));
        return "%d courses, %.0f a second%s: %s%s"
                .formatted(
                        seeds,
                        Math.min(begun.get(), seeds) / seconds,
                        mutant == Mutant.NONE ? "" : ", " + mutant,
                        counts,
                        first.map(each -> "\n  seed " + each.seed() + ": " + each.what())
                                .orElse(""));
    }
}
