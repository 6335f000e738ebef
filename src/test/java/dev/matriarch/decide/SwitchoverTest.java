package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Planned.Reversal;
import dev.matriarch.decide.SwitchoverAnswer.Reason;
import dev.matriarch.decide.Transition.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A planned change of the primary, told course by course. What nobody thought of is in {@link RandomCoursesTest}. */
class SwitchoverTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long LAG = 16;

    private World world = World.running(3);
    private Operator operator = new Operator(world);

    @Test
    void theTargetLeadsAndTheOldPrimaryFollowsItWithAllThatItHas() {
        world.commit();
        world.switchOver(Optional.of("orders-2"), LAG, MINUTE);
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-2");
        assertThat(world.recorded.epoch()).isEqualTo(2);
        assertThat(world.recorded.timeline()).isEqualTo(3);
        assertThat(world.route).contains(world.machine(2).address);
        assertThat(world.machine(0).receiving).isTrue();
        assertThat(world.machine(0).rejoined).as("nothing was taken back").isNull();
        assertThat(world.machine(0).cloned).isNull();
        assertThat(world.recorded.lastSwitchover()).hasValueSatisfying(last -> {
            assertThat(last.from()).isEqualTo("orders-0");
            assertThat(last.to()).contains("orders-2");
            assertThat(last.planned().orElseThrow().reversal()).isEmpty();
            assertThat(last.planned().orElseThrow().phases())
                    .extracting(Planned.Began::phase)
                    .containsExactly(Phase.Demoting, Phase.Verifying, Phase.Promoting);
        });
    }

    @Test
    void itIsOnRecordBeforeThePrimaryIsStoppedAndItsStopBeforeAnybodyIsElected() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        assertThat(operator.round().steps())
                .as("first what takes long")
                .containsExactly(new Step.Checkpoint("orders-0", "switchover-1/1"));
        assertThat(operator.round().steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().epoch()).isEqualTo(2);
            assertThat(step.next().primary()).as("nobody else yet").isEqualTo("orders-0");
            assertThat(step.next().phase()).contains(Phase.Demoting);
        });
        assertThat(operator.round().steps())
                .contains(new Step.Demote("orders-0", 2))
                .anyMatch(step -> step instanceof Step.Assign assign
                        && assign.assignment().deed() == Assignment.Deed.STOP);
        assertThat(operator.plan().steps()).as("it stops").isEmpty();
        world.machine(0).supervise(world);
        assertThat(operator.round().steps()).last().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().phase()).contains(Phase.Verifying);
            assertThat(step.next().transition().flatMap(Transition::planned).flatMap(Planned::stoppedAt))
                    .isPresent();
            assertThat(step.next().primary()).isEqualTo("orders-0");
        });
        world.all().forEach(world::receiverEnds);
        assertThat(operator.round().steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().phase()).contains(Phase.Promoting);
            assertThat(step.next().primary()).isEqualTo("orders-1");
            assertThat(step.next().rules()).as("the old rule stays").hasSize(2);
        });
    }

    @Test
    void withoutATargetTheOneThatHasMostLeadsButNotOnANodeThatIsCordoned() {
        world.avoid("orders-1");
        world.switchOver(Optional.empty(), LAG, MINUTE);
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-2");
    }

    @Test
    void whoLacksWhatTheOldPrimaryWroteDoesNotLead() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.round();
        world.machine(1).linked = false; // and so does not get the rest
        world.machine(1).receiving = false;
        world.machine(0).supervise(world);
        world.machine(1).linked = true;
        operator.settle();
        isBack(Reversal.TargetLacksWrites);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Demoting", "Verifying"})
    void onesDeletionBeforeTheElectionTakesItBack(String phase) {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.valueOf(phase));
        world.askForNoSwitchover();
        operator.settle();
        isBack(Reversal.Withdrawn);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Demoting", "Verifying"})
    void itsDeadlineTakesItBack(String phase) {
        world.switchOver(Optional.of("orders-1"), LAG, Duration.ofSeconds(20));
        operator.until(Phase.valueOf(phase));
        world.pass(Duration.ofSeconds(21));
        operator.settle();
        isBack(Reversal.DeadlineExceeded);
    }

    /** A deadline is an hour away so that it can be waited for its beginning; writes do not wait that long. */
    @ParameterizedTest
    @ValueSource(strings = {"Demoting", "Verifying"})
    void howeverFarItsDeadlineIsTheOldPrimaryLeadsAgainAfterAMinute(String phase) {
        world.switchOver(Optional.of("orders-1"), LAG, Duration.ofHours(1));
        world.pass(Duration.ofMinutes(30));
        operator.until(Phase.valueOf(phase));
        world.pass(Switching.NO_WRITES.minusSeconds(20));
        assertThat(operator.plan().steps())
                .noneMatch(step -> step instanceof Step.Record record
                        && record.next().transition().isEmpty());
        world.pass(Duration.ofSeconds(20));
        operator.settle();
        isBack(Reversal.DeadlineExceeded);
    }

    /** The elected answers, and nobody confirms what it has: a further epoch, in which the old primary counts. */
    @Test
    void howeverFarItsDeadlineIsAnElectedIsNotWaitedForLongerThanAMinute() {
        world.switchOver(Optional.of("orders-1"), LAG, Duration.ofHours(1));
        operator.until(Phase.Promoting);
        world.machine(0).linked = false;
        world.machine(2).linked = false; // answer, and do not reach the elected
        for (int i = 0; i < 5; i++) {
            operator.round();
            world.run();
        }
        world.pass(Switching.NO_WRITES.minusMillis(1));
        operator.round();
        assertThat(world.recorded.epoch()).isEqualTo(2);
        world.pass(Duration.ofMillis(1));
        operator.round();
        assertThat(reversal()).contains(Reversal.OvertakenByFailover);
        assertThat(world.recorded.epoch()).isEqualTo(3);
        world.machine(0).linked = true;
        world.machine(2).linked = true;
        operator.settle();
        assertThat(world.recorded.transition()).isEmpty();
        world.invariants.nothingIsLost(world.machine(world.recorded.primary()));
    }

    @Test
    void onesDeletionAfterTheElectionChangesNothing() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Promoting);
        world.askForNoSwitchover();
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.recorded.epoch()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Demoting", "Verifying"})
    void aTargetThatIsLostBeforeTheElectionTakesItBack(String phase) {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.valueOf(phase));
        world.disconnect(world.machine(1));
        world.machine(1).losePod();
        operator.settle();
        isBack(Reversal.TargetLost);
    }

    @Test
    void aTargetThatIsSilentIsGivenAMoment() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Verifying);
        world.cutOff(1);
        operator.round();
        assertThat(world.recorded.phase()).contains(Phase.Verifying);
        world.pass(Switching.SILENCE.plusMillis(1));
        operator.settleWaiting();
        isBack(Reversal.TargetLost);
    }

    /** What an operator that has just taken over asks first may be answered late. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoIsSilentIsGivenAMomentByEachOperator(int ordinal) {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        world.pass(Switching.SILENCE.multipliedBy(5));
        world.machine(ordinal).answers = false;
        operator = new Operator(world);
        operator.round();
        assertThat(world.recorded.phase()).contains(Phase.Demoting);
        world.pass(Switching.SILENCE);
        operator.round();
        assertThat(world.recorded.phase()).contains(Phase.Demoting);
        world.machine(ordinal).answers = true;
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(reversal()).isEmpty();
    }

    @Test
    void anElectedThatIsLostIsReplacedByAFailoverAndTheOldPrimaryCounts() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Promoting);
        world.disconnect(world.machine(1));
        world.machine(1).loseClaim();
        operator.settle();
        assertThat(world.recorded.primary()).isNotEqualTo("orders-1");
        assertThat(world.recorded.epoch()).isEqualTo(3);
        assertThat(reversal()).contains(Reversal.OvertakenByFailover);
    }

    @Test
    void whenTheNewPrimaryIsLostWithAStandbyTheOldOneIsEnough() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Promoting);
        for (int gone : new int[] {1, 2}) {
            world.disconnect(world.machine(gone));
            world.machine(gone).losePod();
        }
        world.statefulSet();
        world.cutOff(2); // of three one is lost, one is out of reach, and one was stopped
        operator.settleWaiting();
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.machine(world.recorded.primary()).gateOpen).isTrue();
    }

    @Test
    void aPrimaryThatDiesWhileItIsStoppedLeadsAgain() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.round();
        world.crash(0);
        operator.settle();
        isBack(Reversal.PrimaryDidNotStop);
    }

    @Test
    void aPrimaryThatIsLostWhileItIsStoppedIsReplacedByAFailover() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        world.disconnect(world.machine(0));
        world.machine(0).loseClaim();
        operator.settle();
        assertThat(reversal()).contains(Reversal.PrimaryLost);
        assertThat(world.recorded.primary()).isNotEqualTo("orders-0");
        assertThat(world.recorded.epoch()).isEqualTo(3);
    }

    @Test
    void aPrimaryThatLeadsAgainIsGivenTheTimeToStart() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Verifying);
        world.askForNoSwitchover();
        operator.round();
        assertThat(world.recorded.transition()).isEmpty();
        for (int i = 0; i < 8; i++) {
            world.pass(Duration.ofSeconds(1));
            assertThat(operator.round().steps())
                    .noneMatch(step ->
                            step instanceof Step.Record record && record.next().epoch() > 2);
        }
    }

    @Test
    void aPrimaryThatEndsByAWordOfBeforeLeadsInAFurtherEpoch() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.act(new Step.Demote("orders-0", 2)); // it has begun to stop, and has not heard its assignment
        world.askForNoSwitchover();
        operator.round();
        operator.round(); // it hears that it leads before it has ended
        operator.settle();
        assertThat(reversal()).contains(Reversal.Withdrawn);
        assertThat(world.recorded.primary()).as("%s", world).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).isEqualTo(3);
        assertThat(world.machine(0).gateOpen).isTrue();
    }

    /** Its disk has stalled meanwhile, so a failover is on record that cannot go on without it. */
    @Test
    void aPrimaryThatEndsByAWordOfBeforeWhileItIsReplacedIsStartedToo() {
        begin(2, 1);
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.act(new Step.Demote("orders-0", 2));
        world.askForNoSwitchover();
        operator.round();
        operator.round();
        world.recorded = world.recorded.opened(world.now, Optional.empty());
        operator.round(); // it hears that it leads, in that epoch, before it has ended
        operator.settle();
        assertThat(world.recorded.primary()).as("%s", world).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).as("%s", world).isEqualTo(4);
        assertThat(world.machine(0).gateOpen).isTrue();
    }

    @Test
    void andOnceMoreBeforeItHasItsRuleInThatEpoch() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.act(new Step.Demote("orders-0", 2));
        world.askForNoSwitchover();
        operator.round();
        operator.round();
        for (int i = 0;
                i < 100 && !(world.recorded.epoch() == 3 && world.machine(0).leads());
                i++) {
            operator.rounds(1);
        }
        assertThat(world.machine(0).data.epoch).as("what SQL knows").isEqualTo(2);
        operator.act(new Step.Demote("orders-0", 2)); // by one that slept
        operator.settle();
        assertThat(world.recorded.primary()).as("%s", world).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).as("%s", world).isEqualTo(4);
        assertThat(world.machine(0).gateOpen).isTrue();
    }

    @Test
    void whenTheOthersDoNotConfirmTheOldPrimaryDoes() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Promoting);
        world.machine(2).linked = false; // answers, and does not reach the elected
        operator.round();
        world.pass(Switching.SILENCE.plusMillis(1));
        operator.settleWaiting();
        assertThat(world.machine(1).leads()).as("%s", world).isTrue();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
    }

    /** When it has ended at last, a question may find it just closing: that is what was waited for, however long it took. */
    @Test
    void aPrimaryThatTakesItsTimeToStopAndIsSilentOnceIsNotLost() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.round();
        world.pass(Switching.SILENCE.multipliedBy(3));
        operator.round();
        world.machine(0).answers = false;
        operator.round();
        assertThat(world.recorded.phase()).contains(Phase.Demoting);
        world.machine(0).answers = true;
        operator.settle();
        assertThat(reversal()).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
    }

    /** And one that is silent for long is. */
    @Test
    void aPrimaryThatIsSilentForLongWhileItStopsIsLost() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.until(Phase.Demoting);
        operator.round();
        world.machine(0).answers = false;
        operator.round();
        world.pass(Switching.SILENCE.plusMillis(1));
        operator.round();
        assertThat(reversal()).contains(Reversal.PrimaryLost);
    }

    @Test
    void aPrimaryOfWhichNothingIsHeardIsNotWaitedForUntilTheDeadline() {
        world.switchOver(Optional.of("orders-1"), LAG, Duration.ofHours(1));
        operator.until(Phase.Demoting);
        operator.round();
        world.machine(0).losePod();
        world.statefulSet(); // its new Pod is told nothing yet and its supervisor says nothing of the new epoch
        world.machine(0).data.epoch = 1;
        world.pass(Switching.UNHEARD.plusMillis(1));
        operator.round();
        assertThat(reversal()).contains(Reversal.PrimaryDidNotStop);
    }

    /** Another operator took a while to start: what the supervisor said long ago is heard by it a moment after its first look. */
    @ParameterizedTest
    @ValueSource(ints = {20, 50})
    void anOperatorThatHasJustTakenOverListensBeforeItGivesUp(int seconds) {
        world.switchOver(Optional.of("orders-1"), LAG, Duration.ofHours(1));
        operator.until(Phase.Demoting);
        operator.round();
        world.machine(0).supervise(world);
        saysEpoch(1); // what is read of its words is of before
        world.pass(Duration.ofSeconds(seconds));
        operator = new Operator(world);
        operator.round();
        assertThat(world.recorded.phase()).contains(Phase.Demoting);
        saysEpoch(2);
        operator.settle();
        assertThat(reversal()).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
    }

    @Test
    void ofTwoTheOldPrimaryConfirmsAndNobodyIsLedToItMeanwhile() {
        begin(2, 1);
        world.switchOver(Optional.empty(), LAG, MINUTE);
        operator.until(Phase.Promoting);
        for (int i = 0; i < 20 && !world.machine(1).leads(); i++) {
            operator.round();
            Machine old = world.machine(0);
            boolean comesUp = old.up
                    || old.assignment
                            .filter(told -> told.role() == Assignment.Role.STANDBY)
                            .isPresent();
            assertThat(comesUp && world.route.equals(Optional.of(old.address)))
                    .as("writes are led to who is, or comes up as, a standby")
                    .isFalse();
            world.run();
        }
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.machine(0).rejoined).isNull();
    }

    @Test
    void withoutSynchronousReplicationNothingIsLostEither() {
        begin(3, 0);
        world.commit();
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        world.invariants.nothingIsLost(world.machine(1));
    }

    @Test
    void anInstanceThatIsToBeRemovedHandsOverFirst() {
        world.switchOver(Optional.of("orders-2"), LAG, MINUTE);
        operator.settle();
        world.askForNoSwitchover();
        world.want(2);
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.replicas).isEqualTo(2);
        assertThat(world.recorded
                        .lastSwitchover()
                        .flatMap(Transition::planned)
                        .orElseThrow()
                        .isOwn())
                .isTrue();
    }

    @Test
    void itIsNotDoneTwice() {
        world.switchOver(Optional.of("orders-1"), LAG, MINUTE);
        operator.settle();
        world.switchOver(Optional.of("orders-0"), LAG, MINUTE);
        operator.settle();
        operator.settle(); // its PgSwitchover has not been told yet
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).isEqualTo(3);
    }

    @Test
    void whatCannotBeIsRefusedWithTheReason() {
        refuses("orders-0", Reason.TargetIsPrimary, "spec.target: orders-0 is the primary already.");
        refuses(
                "orders-7",
                Reason.UnknownTarget,
                "spec.target: orders-7 is no instance of orders, whose instances are orders-0 to orders-2.");
        refuses("orders-02", Reason.UnknownTarget, "no instance of orders");
        begin(1, 0);
        world.switchOver(Optional.empty(), LAG, MINUTE);
        assertThat(operator.plan().answer()).hasValueSatisfying(said -> {
            assertThat(said.reason()).isEqualTo(Reason.NoStandby);
            assertThat(said.reason().isRefused()).isTrue();
        });
    }

    @Test
    void whatMayStillBecomePossibleWaits() {
        world.switchOver(Optional.of("orders-1"), 2, MINUTE);
        for (int i = 0; i < 3; i++) {
            world.commit();
        }
        says(Reason.TargetTooFarBehind);
        world.disconnect(world.machine(1));
        says(Reason.TargetNotStreaming);
        world.hibernate(true);
        says(Reason.ClusterHibernated);
        world.hibernate(false);
        world.crash(0);
        says(Reason.FailingOver);
        operator.round();
        says(Reason.FailingOver);
    }

    private void saysEpoch(long epoch) {
        world.machine(0).keptEpoch = epoch;
        world.machine(0).data.epoch = epoch;
    }

    private void refuses(String target, Reason reason, String message) {
        world.switchOver(Optional.of(target), LAG, MINUTE);
        assertThat(operator.plan().answer()).hasValueSatisfying(said -> {
            assertThat(said.reason()).isEqualTo(reason);
            assertThat(said.reason().isRefused()).isTrue();
            assertThat(said.message()).contains(message);
        });
    }

    private void says(Reason reason) {
        Plan plan = operator.plan();
        assertThat(plan.answer().map(SwitchoverAnswer::reason)).contains(reason);
        assertThat(reason.isRefused()).isFalse();
        assertThat(plan.steps()).noneMatch(Step.Demote.class::isInstance);
    }

    private void begin(int instances, int required) {
        world = World.running(instances, required);
        operator = new Operator(world);
    }

    private Optional<Reversal> reversal() {
        return world.recorded.lastSwitchover().flatMap(Transition::planned).flatMap(Planned::reversal);
    }

    private void isBack(Reversal why) {
        assertThat(reversal()).as("%s", world).contains(why);
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).as("a new one").isEqualTo(2);
        assertThat(world.recorded.timeline()).isEqualTo(1);
        assertThat(world.machine(0).gateOpen).isTrue();
        world.invariants.nothingIsLost(world.machine(0));
    }
}
