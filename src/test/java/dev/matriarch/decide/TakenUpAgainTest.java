package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A PgCluster that was deleted and made again, or whose status came from an old copy: the marks beside the data know better. */
class TakenUpAgainTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void itGoesOnInTheNextEpochWithTheSamePrimaryAndAllRules() {
        Protocol last = world.recorded;
        deleteAndMakeAgain();
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

    /** Who led has lost its volume: the others have all, and one of them leads. */
    @Test
    void aStatusFromBeforeTheInitialisationDoesNotInitialiseAgain() {
        world.recorded = Protocol.founded("orders-0");
        world.all().forEach(Machine::losePod);
        world.machine(0).loseData();
        operator.settle();
        assertThat(world.initialisations).isEqualTo(1);
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.recorded.epoch()).isEqualTo(3);
    }

    /** The record that opened it is gone with the status, and no mark knows of it. */
    @Test
    void itIsInAnEpochAboveAllThatAnyInstanceKeeps() {
        world.machine(2).data.epoch = 7;
        world.delete();
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(8);
        assertThat(world.confirming.canAcknowledge(world.machine(0))).isTrue();
    }

    /** Claims that were made anew for volumes that were kept. */
    @Test
    void dataWithoutAnyMarkIsLeftAloneAndThatIsSaid() {
        world.all().forEach(each -> each.mark = Optional.empty());
        world.machine(0).data.epoch = 3;
        world.delete();
        world.acknowledged.clear(); // nothing guards it but that it is left alone
        List<Waiting> waitings = operator.settleWaiting();
        assertThat(world.initialisations).isEqualTo(1);
        assertThat(world.machine(0).data).isNotNull();
        assertThat(waitings).extracting(Waiting::reason).containsExactly(Waiting.Reason.RecordBehind);
        assertThat(waitings.get(0).message()).contains("nothing is initialised over it");
    }

    @Test
    void whoDoesNotSayItsEpochIsWaitedForAsLongAsAllMayTakeToStart() {
        world.machine(2).die(true);
        deleteAndMakeAgain();
        world.machine(2).uid = Optional.empty();
        assertThat(operator.plan().steps()).isEmpty();
        assertThat(operator.plan().waitings())
                .extracting(Waiting::message)
                .contains(
                        "Volumes of an earlier cluster of this name are taken up again, once orders-2 has said in which"
                                + " epoch it is.");
        world.pass(Detection.START);
        assertThat(operator.plan().steps()).singleElement().isInstanceOf(Step.Record.class);
    }

    /** So what it acknowledges from then on is found again, whatever becomes of the status. */
    @Test
    void anElectedIsMarkedBeforeItIsPromoted() {
        world.crash(0);
        world.machine(0).die(true);
        for (int i = 0; i < 60 && !world.machine(1).leads(); i++) {
            for (Step step : operator.plan().steps()) {
                boolean isMarked =
                        world.machine(1).mark.orElseThrow().protocol().epoch() == 2;
                assertThat(!(step instanceof Step.Promote) || isMarked).isTrue();
            }
            operator.rounds(1);
        }
        assertThat(world.machine(1).leads()).isTrue();
    }

    @Test
    void whoWasElectedAndNotPromotedWhenItWasDeletedLeadsWithAllThatWasAcknowledged() {
        world.commit();
        world.run();
        world.machine(0).die(true);
        world.disconnect(world.machine(0));
        for (int i = 0; i < 60 && world.machine(1).mark.orElseThrow().protocol().epoch() == 1; i++) {
            operator.round();
            world.all().forEach(world::receiverEnds);
            world.pass(Duration.ofMillis(500));
        }
        assertThat(world.recorded.phase()).contains(Transition.Phase.Promoting);
        world.delete();
        operator.rounds(60);
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.recorded.primary()).isIn("orders-1", "orders-2");
        assertThat(world.confirming.canAcknowledge(world.machine(world.recorded.primary())))
                .isTrue();
    }

    private void deleteAndMakeAgain() {
        world.delete();
        operator.round();
        world.statefulSet();
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
        world.machine(2).mark = Optional.of(nextEpoch);
        assertThat(operator.observe().newestMark()).contains(nextEpoch);
    }
}
