package dev.matriarch.decide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** After a minority that never comes back, see {@link LastingLoss}; {@code scripts/simulate --lasting --seed} shows a course. */
@Isolated // it takes all processors
class LastingLossTest {

    /** A hundredth of {@link RandomCoursesTest}'s: such a course takes ten times as long. */
    private static final int SEEDS = Integer.getInteger("matriarch.simulation.courses", 20_000) / 100;

    @Test
    void ofThoseThatAreLeftOneLeads() throws InterruptedException {
        Campaign campaign = new Campaign(0, SEEDS, Mutant.NONE, true).run(System.out);
        campaign.first()
                .flatMap(first -> new Course(first.seed(), Mutant.NONE, true).run())
                .ifPresent(violation -> {
                    throw new AssertionError(campaign + "\n" + violation.getMessage(), violation);
                });
    }
}
