package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A primary that is lost, told course by course. What nobody thought of is in {@link RandomCoursesTest}. */
class FailoverTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void theOneThatHasMostIsPromotedAndTheOldPrimaryBecomesItsStandby() {
        world.commit();
        world.stream(world.machine(2));
        world.crash(0);
        untilElected("orders-2");
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(2);
        assertThat(world.recorded.timeline()).isEqualTo(3);
        assertThat(world.machine(0).receiving).isTrue();
        assertThat(world.route).contains(world.machine(2).address);
        assertThat(world.recorded.lastTransition()).hasValueSatisfying(last -> {
            assertThat(last.phase()).isEqualTo(Transition.Phase.Ended);
            assertThat(last.from()).isEqualTo("orders-0");
            assertThat(last.to()).contains("orders-2");
        });
    }

    @Test
    void theEpochIsOnRecordBeforeAnybodyIsDetached() {
        world.crash(0);
        Plan plan = operator.round();
        assertThat(plan.steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().epoch()).isEqualTo(2);
            assertThat(step.next().primary()).as("nobody else yet").isEqualTo("orders-0");
            assertThat(step.next().phase()).contains(Transition.Phase.Fencing);
        });
        assertThat(operator.round().steps())
                .containsExactly(new Step.Detach("orders-1", 2), new Step.Detach("orders-2", 2));
    }

    @Test
    void nobodyIsElectedBeforeEveryRuleIsFenced() {
        world.cutOff(0);
        operator.round();
        world.pass(Detection.HEARD);
        operator.round();
        operator.round();
        assertThat(operator.plan().steps())
                .as("their walreceivers have not ended")
                .isEmpty();
        world.receiverEnds(world.machine(1));
        assertThat(operator.plan().steps()).as("one of two is not enough").isEmpty();
        world.receiverEnds(world.machine(2));
        assertThat(operator.plan().steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().primary()).isEqualTo("orders-1");
            assertThat(step.next().rules()).as("the old rule stays").hasSize(2);
            assertThat(step.next().newestRule())
                    .isEqualTo(new Rule("orders-1", List.of("orders-0/e2", "orders-2/e2"), 1));
            assertThat(step.next().timeline())
                    .as("never used, nor the next one of anybody")
                    .isEqualTo(3);
        });
    }

    @Test
    void nobodyIsPromotedBeforeAnotherHasWhatItHas() {
        world.crash(0);
        untilElected("orders-1");
        operator.round();
        assertThat(world.machine(1).data.names)
                .as("its rule is in force before")
                .isEqualTo("ANY 1 (\"orders-0/e2\",\"orders-2/e2\")");
        assertThat(operator.plan().steps()).noneMatch(Step.Promote.class::isInstance);
        world.stream(world.machine(2));
        assertThat(operator.plan().steps()).containsExactly(new Step.Promote("orders-1", 2, 3));
    }

    @Test
    void clientsAreLedOnOnlyOnceItLeads() {
        world.crash(0);
        String old = world.route.orElseThrow();
        untilElected("orders-1");
        operator.round();
        world.stream(world.machine(2));
        assertThat(operator.plan().route()).contains(old);
        operator.round();
        assertThat(operator.plan().route()).contains(world.machine(1).address);
    }

    @Test
    void asLongAsAStandbyHearsItNothingIsDone() {
        world.machine(0).answers = false;
        operator.round();
        for (int second = 0; second < 30; second++) {
            world.pass(Duration.ofSeconds(1));
            world.stream(world.machine(1));
            assertThat(operator.round().steps()).noneMatch(Step.Record.class::isInstance);
        }
    }

    @Test
    void whenNobodyAnswersNothingIsDone() {
        world.all().forEach(each -> each.answers = false);
        operator.round();
        world.pass(Duration.ofMinutes(1));
        assertThat(operator.round().steps()).noneMatch(Step.Record.class::isInstance);
    }

    @Test
    void silenceMustLast() {
        world.cutOff(0);
        assertThat(operator.round().steps()).noneMatch(Step.Record.class::isInstance);
        world.pass(Detection.HEARD);
        assertThat(operator.plan().steps())
                .as("silent, and heard by nobody")
                .singleElement()
                .isInstanceOf(Step.Record.class);
    }

    @Test
    void oneThatIsCutOffCannotAcknowledgeAndComesBackAsAStandby() {
        world.cutOff(0);
        world.commit();
        operator.round();
        world.pass(Duration.ofSeconds(4));
        operator.settleWaiting();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.machine(0).waiting).as("what clients still wait for").isNotEmpty();
        world.isBack(0);
        operator.settle();
        assertThat(world.machine(0).data.wal.writes())
                .isEqualTo(world.machine(1).data.wal.writes());
        assertThat(world.machine(0).receiving).isTrue();
    }

    @Test
    void whoMayBeFollowingIsNotCopiedThoughItsClaimBearsNoMark() {
        world.machine(2).mark = Optional.empty();
        world.machine(2).answers = false;
        world.crash(0);
        operator.settleWaiting();
        assertThat(world.machine(2).assignment.orElseThrow().deed())
                .as("what it confirms would be gone with the copy")
                .isEqualTo(Assignment.Deed.RUN);
        assertThat(world.machine(2).mark).isEmpty();
    }

    @Test
    void whatIsHalfRewoundIsToldToRejoinInWhateverEpoch() {
        world.crash(0);
        operator.settle();
        world.machine(0).crash();
        world.machine(0).refused = "rewind";
        operator.round();
        assertThat(world.machine(0).assignment).contains(Assignment.rejoin(world.recorded));
    }

    @Test
    void theDelayIsWaitedFor() {
        world.wish(true, Duration.ofSeconds(30));
        world.crash(0);
        operator.round();
        world.pass(Duration.ofSeconds(29));
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(operator.plan().waitings()).extracting(Waiting::reason).contains(Waiting.Reason.FailingOver);
        world.pass(Duration.ofSeconds(1));
        assertThat(operator.plan().steps()).singleElement().isInstanceOf(Step.Record.class);
    }

    @Test
    void whoSleptHasTimeToWakeUp() {
        world.hibernate(true);
        operator.settle();
        world.pass(Duration.ofMinutes(1));
        operator.round();
        world.hibernate(false);
        operator.round();
        world.statefulSet();
        operator.round();
        world.machine(1).supervise(world);
        world.machine(2).supervise(world);
        operator.round();
        world.pass(Detection.START.minusSeconds(1));
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
        world.pass(Duration.ofSeconds(1));
        assertThat(operator.plan().steps()).singleElement().isInstanceOf(Step.Record.class);
    }

    @Test
    void whatIsNotAutomaticIsSaid() {
        world.wish(false, Duration.ZERO);
        world.crash(0);
        Plan plan = operator.round();
        assertThat(plan.steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(plan.waitings()).anySatisfy(each -> {
            assertThat(each.reason()).isEqualTo(Waiting.Reason.NoSafeCandidate);
            assertThat(each.message()).contains("spec.failover.automatic");
        });
    }

    @Test
    void ofTwoNoneTakesOverAndItIsSaidWhatIsMissing() {
        World two = World.running(2);
        Operator alone = new Operator(two);
        two.crash(0);
        Plan plan = alone.round();
        assertThat(plan.steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(plan.waitings()).anySatisfy(each -> {
            assertThat(each.reason()).isEqualTo(Waiting.Reason.NoSafeCandidate);
            assertThat(each.message()).contains("only orders-1 answers", "1 to confirm its commits");
        });
    }

    @Test
    void anElectedThatIsLostIsFencedAsOneThatMayHaveBeenPromoted() {
        World five = World.running(5);
        Operator one = new Operator(five);
        five.crash(0);
        for (int i = 0; i < 10 && !five.recorded.phase().equals(Optional.of(Transition.Phase.Promoting)); i++) {
            one.round();
            five.all().forEach(five::receiverEnds);
        }
        Machine elected = five.machine(five.recorded.primary());
        five.disconnect(elected);
        elected.losePod();
        one.settle();
        assertThat(five.recorded.epoch()).isEqualTo(3);
        assertThat(five.recorded.timelines())
                .extracting(Protocol.EpochTimeline::timeline)
                .containsExactly(1L, 3L, 5L);
        assertThat(elected.receiving).isTrue();
    }

    /** Its kubelet may take ten seconds to tell it to rejoin, and it admits clients until then. */
    @Test
    void aFormerPrimaryThatIsBackIsStoppedBySqlInItsOwnEpochAndThenRejoins() {
        world.cutOff(0);
        operator.settleWaiting();
        assertThat(world.recorded.epoch()).isEqualTo(2);
        world.isBack(0);
        Plan plan = operator.round();
        assertThat(plan.steps()).last().isEqualTo(new Step.Stop("orders-0", 1));
        world.machine(0).supervise(world);
        assertThat(world.machine(0).data.epoch).isEqualTo(1);
        assertThat(operator.plan().steps()).noneMatch(Step.Stop.class::isInstance);
        operator.settle();
        assertThat(world.machine(0).receiving).isTrue();
    }

    /** PostgreSQL ends when it is promoted with the beginning of another's timeline, and connects to nobody who was never on that. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whoHasJustBegunATimelineForgetsItBeforeItCounts(int those) {
        haveBegunTheTimelineOfOrders1(those);
        loseOrders1();
        assertThat(List.of(world.machine(0), world.machine(2)))
                .allMatch(each -> each.begunTimeline == 0)
                .anyMatch(Machine::leads);
    }

    /** It is started anew by SQL alone: what its Pod is told comes by way of a kubelet, which may be cut off from the API server. */
    @Test
    void whoHasJustBegunATimelineCountsThoughItHearsNothingNew() {
        haveBegunTheTimelineOfOrders1(1);
        world.machine(2).hearsNothingNew();
        loseOrders1();
    }

    /** orders-1 was promoted and is followed by orders-2, which has only begun its timeline; so has orders-0, if those are two. */
    private void haveBegunTheTimelineOfOrders1(int those) {
        world.crash(0);
        for (operator.round(); !world.machine(1).leads(); operator.round()) {
            world.all().forEach(world::receiverEnds);
            world.stream(world.machine(2));
        }
        world.stream(world.machine(2), 0);
        assertThat(world.machine(2).begunTimeline).isEqualTo(3);
        Machine second = world.machine(0);
        second.data.standby = true;
        operator.round();
        second.supervise(world);
        world.stream(second, those == 2 ? 0 : Integer.MAX_VALUE);
    }

    private void loseOrders1() {
        world.cutOff(1);
        operator.settleWaiting();
        assertThat(world.recorded.epoch()).isEqualTo(3);
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
    }

    @Test
    void aStandbyWhoseHistoryHasPartedIsCopiedWhereItIsNeededToConfirm() {
        world.cutOff(0);
        world.commit();
        world.machine(0).crash();
        operator.round();
        world.pass(Duration.ofSeconds(4));
        operator.settleWaiting();
        Machine parted = world.machine(0);
        parted.crash();
        parted.data.standby = true;
        world.isBack(0);
        operator.round();
        parted.supervise(world);
        world.cutOff(1);
        operator.settleWaiting();
        assertThat(world.recorded.primary()).isEqualTo("orders-2");
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(parted.receiving).as("whose position alone said nothing").isTrue();
    }

    @Test
    void whoSleptOverItDoesNoHarm() {
        world.crash(0);
        operator.round();
        List<Step> asleep = operator.plan().steps();
        operator.settle();
        Protocol recorded = world.recorded;
        asleep.forEach(operator::act);
        assertThat(world.recorded).isEqualTo(recorded);
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo(recorded.primary());
    }

    private void untilElected(String expected) {
        for (int i = 0; i < 10 && !world.recorded.phase().equals(Optional.of(Transition.Phase.Promoting)); i++) {
            operator.round();
            world.all().forEach(world::receiverEnds);
        }
        assertThat(world.recorded.primary()).isEqualTo(expected);
    }
}
