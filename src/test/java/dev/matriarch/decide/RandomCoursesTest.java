package dev.matriarch.decide;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Courses that nobody thought of, see {@link Course}. A seed that fails is the whole report; {@code scripts/simulate --seed} shows it. */
class RandomCoursesTest {

    private static final int SEEDS = 20_000;

    @Test
    void everyCourseKeepsTheInvariantsAndEndsWhole() {
        LongStream.range(0, SEEDS).parallel().forEach(RandomCoursesTest::run);
    }

    private static void run(long seed) {
        try {
            new Course(seed, Mutant.NONE).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
