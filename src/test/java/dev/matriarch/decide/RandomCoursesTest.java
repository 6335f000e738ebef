package dev.matriarch.decide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Courses that nobody thought of, see {@link Course}. A seed that fails is the whole report; {@code scripts/simulate --seed} shows it. */
@Isolated // it takes all processors
class RandomCoursesTest {

    /** Ten times as many with {@code -Dexhaustive}. */
    private static final int SEEDS = Integer.getInteger("matriarch.simulation.courses", 20_000);

    @Test
    void everyCourseKeepsTheInvariantsAndEndsWhole() throws InterruptedException {
        Campaign campaign = new Campaign(0, SEEDS, Mutant.NONE).run(System.out);
        campaign.first()
                .flatMap(first -> new Course(first.seed(), Mutant.NONE).run())
                .ifPresent(violation -> {
                    throw new AssertionError(campaign + "\n" + violation.getMessage(), violation);
                });
    }
}
