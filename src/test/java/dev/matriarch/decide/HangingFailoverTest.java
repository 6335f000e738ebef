package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Failovers that something keeps from their end though it answers: they go on without it, or say so, and what a person may do. */
class HangingFailoverTest {

    private World world = World.running(3);
    private Operator operator = new Operator(world);

    /** Five are divided, the larger part gets a primary, and that is lost for good when the parts see each other again. */
    @Test
    void aStandbyThatStillHearsTheOldPrimaryIsNoWitnessForTheRecordedOne() {
        divideFive();
        loseThePrimaryForGood();
        operator.rounds(60);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.recorded.primary()).isNotIn("orders-0", "orders-1");
        assertThat(world.machine(4).source).isEqualTo(world.recorded.primary());
        assertThat(world.machine(0).receiving).as("the old primary follows").isTrue();
    }

    /** Else its position would move with every write on the old primary, and a person could never name it. */
    @Test
    void aStandbyOfTheOldPrimaryIsPointedAwayFromItThoughNoPrimaryAnswers() {
        divideFive();
        loseThePrimaryForGood();
        List.of(2, 3).forEach(each -> world.machine(each).die(true));
        operator.round();
        assertThat(world.machine(4).data.upstream).isEmpty();
        operator.rounds(3);
        Consent word = remedy();
        world.machine(0).gateOpen = true;
        operator.rounds(5);
        assertThat(remedy()).as("it can be typed in peace").isEqualTo(word);
        assertThat(operator.plan().waitings())
                .extracting(Waiting::message)
                .contains("orders-0 does not follow, but orders-1 is the primary. It is not routed to, and becomes a"
                        + " standby once a primary answers.");
    }

    @Test
    void aStandbyWhoseDiskHasStalledIsNamedAndAPersonMayGoOnWithoutIt() {
        world.stall(world.machine(2));
        world.crash(0);
        world.machine(0).die(true);
        operator.rounds(9);
        assertThat(waiting()).as("it may yet be detached").isEmpty();
        operator.rounds(7);
        assertThat(waiting().orElseThrow().message())
                .contains(
                        "only orders-1 answers",
                        "orders-2 answers, but cannot be detached, and counts for neither: it does not take epoch 2");
        assertThat(remedy().kept().orElseThrow().instance()).isEqualTo("orders-1");
        world.ask(remedy().toString());
        operator.rounds(30);
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.confirming.canAcknowledge(world.machine(1))).isTrue();
        world.thaw(world.machine(2));
        operator.rounds(10);
        assertThat(world.machine(2).source).isEqualTo("orders-1");
    }

    @Test
    void oneThatCannotBeDetachedKeepsFromNothingWhereTheOthersAreEnough() {
        begin(5);
        world.stall(world.machine(1));
        world.machine(0).die(true);
        operator.rounds(12);
        assertThat(world.recorded.primary()).isIn("orders-2", "orders-3", "orders-4");
    }

    @Test
    void aReplayThatIsPausedGoesOnForTheFence() {
        world.machine(2).paused = true;
        world.crash(0);
        world.machine(0).die(true);
        operator.rounds(12);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.machine(2).paused).isFalse();
    }

    @Test
    void itIsTriedAgain() {
        world.cutOff(0);
        untilDetachIsTold();
        world.machine(2).paused = true;
        operator.rounds(2);
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        operator.rounds(10);
        assertThat(world.machine(2).paused).isFalse();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
    }

    @Test
    void whoFollowsTheElectedAndDoesNotConfirmIsToldAndAPersonMayGoOnWithoutIt() {
        world.crash(0);
        world.machine(0).die(true);
        untilElected();
        world.stall(world.machine(2));
        operator.rounds(5);
        assertThat(waiting()).isEmpty();
        operator.rounds(7);
        assertThat(waiting().orElseThrow().message())
                .contains("orders-1 is elected, and 1 must confirm what it has", "0 did", "orders-2 is at");
        world.ask(remedy().toString());
        operator.rounds(40);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.confirming.canAcknowledge(world.machine(1))).isTrue();
    }

    @Test
    void whoIsElectedAndCutOffFromItsPeersAloneIsPassedOver() {
        begin(5);
        world.crash(0);
        world.machine(0).die(true);
        untilElected();
        world.machine(1).linked = false;
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        operator.rounds(60);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-2");
        assertThat(world.confirming.canAcknowledge(world.machine(2))).isTrue();
    }

    /** Nobody is detached in an epoch that was opened this moment: that says nothing of who hangs, however long the one before took. */
    @Test
    void whatIsKnownOfTheNextEpochWithoutAnotherLookHasJustBegun() {
        begin(5);
        world.crash(0);
        world.machine(0).die(true);
        untilElected();
        world.machine(1).linked = false;
        Observation seen = operator.observe();
        for (int i = 0; i < 60 && operator.plan(seen).steps().stream().noneMatch(Step.Record.class::isInstance); i++) {
            operator.rounds(1);
            seen = operator.observe();
        }
        assertThat(seen.memory().transitionFor()).isGreaterThan(Fence.PATIENCE);
        Observation known = seen.after(operator.plan(seen)).orElseThrow();
        assertThat(known.protocol().epoch()).isEqualTo(3);
        assertThat(operator.plan(known).waitings())
                .extracting(Waiting::reason)
                .doesNotContain(Waiting.Reason.NoSafeCandidate);
        assertThat(operator.plan(known).steps())
                .as("clients wait for those that answer")
                .startsWith(new Step.Detach("orders-1", 3), new Step.Detach("orders-2", 3));
    }

    /** Of three, two that do not see each other can make nobody lead; with the old primary, which comes up as a standby for it, they can. */
    @Test
    void theOldPrimaryIsBroughtBackWhereNobodyConfirmsWhatTheElectedHas() {
        world.machine(1).partFrom(world.machine(2));
        world.crash(0);
        operator.round();
        world.run(); // it leads again, behind its gate
        operator.rounds(60);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.confirming.canAcknowledge(world.machine(world.recorded.primary())))
                .isTrue();
    }

    /** The one of before was promoted, cut off, and is back when the next elected dies: it leads, in an epoch that has passed, and is needed to close the fence. */
    @Test
    void whoWasElectedBeforeAndLeadsIsMadeAStandbyThatCounts() {
        world.crash(0);
        world.machine(0).die(true);
        for (int i = 0; i < 30 && !world.machine(1).leads(); i++) {
            operator.rounds(1);
        }
        world.cutOff(1);
        operator.rounds(2);
        world.isBack(0);
        world.machine(0).dead = false;
        world.machine(0).endedCleanly = true;
        for (int i = 0; i < 60 && !world.recorded.primary().equals("orders-2"); i++) {
            operator.round();
            world.all().forEach(world::receiverEnds);
            List.copyOf(world.all()).forEach(each -> each.supervise(world));
            world.pass(Duration.ofMillis(500));
        }
        assertThat(world.recorded.primary()).as("%s", world).isEqualTo("orders-2");
        world.machine(2).die(true);
        world.isBack(1);
        assertThat(world.machine(1).leads()).isTrue();
        Plan plan = operator.plan();
        for (int i = 0; i < 20 && plan.steps().stream().noneMatch(Step.Stop.class::isInstance); i++) {
            operator.rounds(1);
            plan = operator.plan();
        }
        assertThat(plan.steps())
                .as("by both ways, and by the one that may hang at last")
                .anyMatch(step -> step instanceof Step.Assign told
                        && told.instance().equals("orders-1")
                        && told.assignment().deed() == Assignment.Deed.STOP)
                .last()
                .isEqualTo(new Step.Stop("orders-1", 2));
        operator.rounds(60);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.confirming.canAcknowledge(world.machine(world.recorded.primary())))
                .isTrue();
    }

    /** Two of five are lost, one after the other, the second while the fence is being closed without the first: with the old primary, which is back, three are left. */
    @Test
    void whoLedBeforeIsMadeAStandbyThatCountsAlsoWhereTheFenceCannotBeClosedWithoutIt() {
        begin(5);
        world.cutOff(0);
        operator.rounds(3);
        untilElected();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        world.machine(1).die(true);
        for (int i = 0; i < 20 && world.recorded.epoch() < 3; i++) {
            operator.round();
            world.pass(Duration.ofMillis(500));
        }
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
        world.machine(4).die(true);
        world.isBack(0);
        assertThat(world.machine(0).leads()).isTrue();
        operator.rounds(60);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.confirming.canAcknowledge(world.machine(world.recorded.primary())))
                .isTrue();
    }

    /** Its walreceiver would only begin again once it replays. */
    @Test
    void aReplayThatIsPausedGoesOnWhereWritesWaitForIt() {
        List.of(1, 2).forEach(each -> world.machine(each).paused = true);
        world.disconnect(world.machine(1));
        operator.rounds(3);
        assertThat(world.machine(1).paused).as("one that confirms is enough").isTrue();
        world.disconnect(world.machine(2));
        operator.rounds(5);
        assertThat(world.confirming.canAcknowledge(world.machine(0))).isTrue();
    }

    @Test
    void aWordHasAnAnswerWhateverKeepsItFromHavingAnEffect() {
        world.ask("epoch 1, losing nothing");
        world.machine(0).answers = false;
        operator.rounds(1);
        assertThat(refusal())
                .isEqualTo("orders-0 does not answer the operator, but is not lost: orders-1, orders-2 hear it.");
        world.machine(0).linked = false;
        operator.rounds(1);
        world.ask("epoch 2, losing nothing");
        world.pass(Detection.HEARD);
        operator.round();
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
        assertThat(refusal()).startsWith("orders-0 is being replaced, and nothing has to be said to that.");
    }

    /** The delay before it says nothing of how long the fence takes. */
    @Test
    void aPrimaryThatIsBackIsPreferredOnlyOnceTheFenceTakesLong() {
        world.wish(true, Duration.ofSeconds(20));
        world.cutOff(0);
        world.stall(world.machine(2));
        for (int i = 0; i < 60 && world.recorded.transition().isEmpty(); i++) {
            operator.rounds(1);
        }
        world.isBack(0);
        operator.round();
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
        world.pass(Fence.PATIENCE.plusMillis(1));
        operator.round();
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
    }

    @Test
    void theSilenceOfAnElectedMustLastHoweverLongTheOldPrimaryWasMissed() {
        begin(5);
        world.crash(0);
        untilElected();
        Machine elected = world.machine(world.recorded.primary());
        elected.answers = false;
        operator.round();
        assertThat(world.recorded.epoch()).as("one look says nothing").isEqualTo(2);
        world.pass(Detection.SILENCE);
        operator.round();
        assertThat(world.recorded.epoch()).isEqualTo(3);
    }

    @Test
    void aClockThatIsPutBackDelaysNothing() {
        world.cutOff(0);
        operator.round();
        world.pass(Detection.HEARD);
        world.all().forEach(each -> each.receiving = false);
        world.now = world.now.minus(Duration.ofHours(1));
        operator.round();
        world.pass(Detection.SILENCE);
        operator.round();
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
    }

    private void begin(int instances) {
        world = World.running(instances);
        operator = new Operator(world);
    }

    private void divideFive() {
        begin(5);
        List.of(0, 4).forEach(each -> world.machine(each).answers = false);
        List.of(1, 2, 3).forEach(each -> world.machine(each).linked = false);
        for (int i = 0; i < 20 && world.machine(3).data.epoch == 1; i++) {
            operator.rounds(1);
        }
        List.of(1, 2, 3).forEach(each -> world.machine(each).linked = true);
        for (int i = 0; i < 20 && !world.machine("orders-1").leads(); i++) {
            operator.rounds(1);
        }
        operator.rounds(20);
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.machine(4).source).isEqualTo("orders-0");
    }

    private void loseThePrimaryForGood() {
        List.of(0, 4).forEach(each -> world.machine(each).answers = true);
        world.disconnect(world.machine(1));
        world.machine(1).die(true);
    }

    private void untilElected() {
        for (int i = 0; i < 20 && world.recorded.primary().equals("orders-0"); i++) {
            operator.round();
            world.all().forEach(world::receiverEnds);
            world.pass(Duration.ofMillis(500));
        }
        assertThat(world.recorded.phase()).contains(Transition.Phase.Promoting);
    }

    private void untilDetachIsTold() {
        for (int i = 0; i < 60 && world.machine(2).data.epoch < 2; i++) {
            operator.round();
            world.all().forEach(each -> {
                if (each.data.epoch < 2) {
                    world.stream(each);
                }
            });
            if (world.machine(2).data.epoch < 2) {
                world.pass(Duration.ofSeconds(1));
            }
        }
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
    }

    private Optional<Waiting> waiting() {
        return operator.plan().waitings().stream()
                .filter(each -> each.reason() == Waiting.Reason.NoSafeCandidate)
                .findFirst();
    }

    private Consent remedy() {
        return waiting().flatMap(Waiting::remedy).orElseThrow(() -> new AssertionError("%s".formatted(world)));
    }

    private String refusal() {
        Observation seen = operator.observe();
        return Consenting.refusal(world.intent, seen, Decision.decide(world.intent, seen, world.now))
                .orElseThrow()
                .why();
    }
}
