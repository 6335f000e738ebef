package dev.matriarch.decide;

import org.junit.jupiter.api.Test;

/** After a minority that never comes back, see {@link LastingLoss}; {@code scripts/simulate --lasting --seed} shows a course. */
class LastingLossTest {

    private static final int SEEDS = 500;

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
