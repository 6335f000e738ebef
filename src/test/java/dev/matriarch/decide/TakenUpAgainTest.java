package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A PgCluster that was deleted and made again, or whose status came from an old copy: the marks beside the data know better. */
class TakenUpAgainTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void itGoesOnInTheNextEpochWithTheSamePrimaryAndAllRules() {
        Protocol last = world.recorded;
        world.delete();
        assertThat(operator.plan().steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().epoch()).isEqualTo(last.epoch() + 1);
            assertThat(step.next().primary()).isEqualTo("orders-0");
            assertThat(step.next().rules()).isEqualTo(last.rules());
            assertThat(step.next().systemIdentifier()).isEqualTo(last.systemIdentifier());
        });
    }

    @Test
    void itIsNotInitialisedAgainAndItsStandbysCountInTheNewEpoch() {
        world.delete();
        operator.settle();
        assertThat(world.initialisations).isEqualTo(1);
        assertThat(world.recorded.rules())
                .containsExactly(new Rule("orders-0", List.of("orders-1/e2", "orders-2/e2"), 1));
        assertThat(world.recorded.timelines())
                .containsExactly(new Protocol.EpochTimeline(1, 1), new Protocol.EpochTimeline(2, 1));
        assertThat(world.machine(0).data.epoch).isEqualTo(2);
        assertThat(world.all()).extracting(each -> each.mark.orElseThrow()).containsOnly(new Mark(world.recorded));
    }

    @Test
    void withFewerInstancesWhoCountedComesBackUntilTheRuleIsLeft() {
        world.delete();
        world.want(1);
        assertThat(operator.plan().replicas()).isEqualTo(3);
        operator.settle();
        assertThat(world.replicas).isEqualTo(1);
        assertThat(world.recorded.rules()).containsExactly(Rule.none("orders-0"));
    }

    @Test
    void aStandbyThatStillRunsInTheOldEpochIsPointedToThePrimaryOfTheNewOne() {
        world.recorded = Protocol.none();
        operator.round();
        world.run();
        assertThat(operator.round().steps()).contains(new Step.Follow("orders-1", "orders-0", 2));
        operator.settle();
        assertThat(world.machine(1).standbyName()).isEqualTo("orders-1/e2");
    }

    @Test
    void anOldCopyOfTheStatusInTheSameEpochIsNoticedByTheGeneration() {
        Protocol old = world.recorded;
        world.want(5);
        operator.settle();
        world.recorded = old;
        assertThat(operator.plan().steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.Record.class, step -> assertThat(step.next().rules())
                                .extracting(Rule::required)
                                .containsExactly(2));
        assertThat(operator.plan().replicas()).isEqualTo(5);
    }

    @Test
    void aStatusFromBeforeTheInitialisationDoesNotInitialiseAgain() {
        world.recorded = Protocol.founded("orders-0");
        world.all().forEach(Machine::losePod);
        world.machine(0).loseData();
        operator.settleWaiting();
        assertThat(world.initialisations).isEqualTo(1);
        assertThat(world.recorded.epoch()).isEqualTo(2);
    }

    @Test
    void theNewestMarkDecides() {
        Mark old = new Mark(world.recorded);
        Mark sameEpoch = new Mark(world.recorded.withRuleBeside(Rule.none("orders-0")));
        Mark nextEpoch = new Mark(world.recorded.nextEpoch("orders-1"));
        assertThat(sameEpoch.isAtLeast(old)).isTrue();
        assertThat(old.isAtLeast(sameEpoch)).isFalse();
        assertThat(nextEpoch.isAtLeast(sameEpoch)).isTrue();
        assertThat(sameEpoch.isAtLeast(nextEpoch)).isFalse();
        world.machine(2).mark = java.util.Optional.of(nextEpoch);
        assertThat(operator.observe().newestMark()).contains(nextEpoch);
    }
}
