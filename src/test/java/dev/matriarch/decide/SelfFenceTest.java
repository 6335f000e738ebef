package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Failover without synchronous replication: the primary stops itself, and only then another is elected. */
class SelfFenceTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Rule ALONE = new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 0, LIMIT);

    private final World world = asynchronous(3, Mutant.NONE);
    private final Operator operator = new Operator(world);

    @Test
    void theRuleIsPutInForceOnlyWhenTheSupervisorHasSaidThatItHeedsIt() {
        World three = World.running(3);
        Operator one = new Operator(three);
        three.want(3, 0);
        assertThat(one.plan().steps()).singleElement().isInstanceOf(Step.Record.class);
        one.round();
        assertThat(three.recorded.rules()).as("beside the old one").hasSize(2).contains(ALONE);
        Plan plan = one.plan();
        assertThat(plan.steps()).noneMatch(Step.SetRule.class::isInstance);
        assertThat(plan.waitings())
                .extracting(Waiting::message)
                .contains("orders-0 is being told to stop itself after 10 s without the operator.");
        three.pass(Duration.ofSeconds(1));
        one.round();
        assertThat(three.machine(0).fence).as("told by the heartbeat").isEqualTo(LIMIT);
        assertThat(three.machine(0).data.names).isEmpty();
        one.settle();
        assertThat(three.recorded.rules()).containsExactly(ALONE);
    }

    /** Should the operator go before, it stops though nothing is wrong. */
    @Test
    void aClusterThatWaitsForStandbysAgainIsNotSettledBeforeItsPrimaryNeedsNoHeartbeatsAnyMore() {
        world.want(3, 1);
        operator.settle();
        assertThat(world.recorded.newestRule().required()).isEqualTo(1);
        assertThat(world.machine(0).fence).isZero();
        world.machine(0).fence = LIMIT;
        assertThat(operator.plan().waitings())
                .extracting(Waiting::message)
                .contains("orders-0 is being told that it need not stop itself.");
    }

    @Test
    void aPrimaryThatIsCutOffStopsItselfAndOnlyThenAnotherIsElected() {
        cutOff(0);
        world.commit();
        assertThat(world.acknowledged).as("by it alone").isNotEmpty();
        untilOpened();
        Duration waited = Duration.ZERO;
        while (world.recorded.phase().equals(Optional.of(Transition.Phase.Fencing))) {
            world.pass(Duration.ofMillis(500));
            waited = waited.plusMillis(500);
            world.commit();
            operator.round();
            world.all().forEach(world::receiverEnds);
        }
        assertThat(waited).isGreaterThanOrEqualTo(LIMIT.plus(SelfFence.STOP));
        assertThat(world.machine(0).up).isFalse();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        operator.settleWaiting();
        back(0);
        operator.settle();
        assertThat(world.machine(0).receiving).isTrue();
        assertThat(world.recorded.rules())
                .containsExactly(new Rule("orders-1", List.of("orders-0/e2", "orders-2/e2"), 0, LIMIT));
    }

    @Test
    void theFurthestOfAllIsElected() {
        world.disconnect(world.machine(1));
        world.machine(1).linked = false;
        world.commit();
        world.stream(world.machine(2));
        cutOff(0);
        world.machine(1).linked = true;
        untilOpened();
        untilElected(40);
        assertThat(world.recorded.primary()).isEqualTo("orders-2");
    }

    @Test
    void anOperatorThatWasRestartedBeginsToWaitAnew() {
        cutOff(0);
        untilOpened();
        for (int i = 0; i < 28; i++) {
            aHalfSecond();
        }
        operator.forget();
        for (int i = 0; i < 28; i++) {
            aHalfSecond();
            assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
        }
        untilElected(4);
    }

    @Test
    void ifOneOfThemDoesNotAnswerItIsUpToAPerson() {
        cutOff(0);
        world.machine(2).answers = false;
        operator.round();
        world.pass(Duration.ofSeconds(4));
        Waiting waiting = operator.plan().waitings().stream()
                .filter(each -> each.reason() == Waiting.Reason.NoSafeCandidate)
                .findFirst()
                .orElseThrow();
        assertThat(waiting.message()).contains("only orders-1 answer", "each of orders-1/e1, orders-2/e1");
        world.ask(waiting.remedy().orElseThrow().toString());
        operator.settleWaiting();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        back(0);
        world.machine(2).answers = true;
        operator.settle();
    }

    @Test
    void whatWasNotStreamedIsLostSoNobodyIsToldOfNothing() {
        world.wish(true, Duration.ofHours(1));
        cutOff(0);
        operator.round();
        world.pass(Duration.ofSeconds(4));
        world.ask("epoch 1, losing nothing");
        Plan plan = operator.round();
        assertThat(plan.steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(plan.waitings()).extracting(Waiting::reason).contains(Waiting.Reason.FailingOver);
        assertThat(plan.waitings()).allSatisfy(each -> assertThat(each.remedy()).isEmpty());
    }

    @Test
    void ifNobodyStreamedItIsUpToAPerson() {
        for (int ordinal : new int[] {1, 2}) {
            cutOff(ordinal);
            world.disconnect(world.machine(ordinal));
        }
        operator.settleWaiting();
        assertThat(world.recorded.rules()).containsExactly(new Rule("orders-0", List.of(), 0, LIMIT));
        cutOff(0);
        back(1);
        operator.round();
        world.pass(Duration.ofMinutes(1));
        Plan plan = operator.round();
        assertThat(plan.steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(plan.waitings()).extracting(Waiting::reason).contains(Waiting.Reason.NoSafeCandidate);
    }

    @Test
    void ifThePrimaryIsBackWhileItIsWaitedForItLeadsOn() {
        cutOff(0);
        untilOpened();
        aHalfSecond();
        back(0);
        operator.round();
        assertThat(world.recorded.transition()).as("at once").isEmpty();
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.machine(0).gateOpen).isTrue();
    }

    @Test
    void withoutAnOperatorItStopsAndWithOneItGoesOn() {
        world.pass(LIMIT);
        world.machine(0).guard(world, Duration.ZERO);
        assertThat(world.machine(0).up).as("not a moment too early").isTrue();
        world.pass(Duration.ofMillis(10));
        world.machine(0).guard(world, Duration.ZERO);
        assertThat(world.machine(0).up).isFalse();
        for (int i = 0; i < 10; i++) {
            world.run();
        }
        assertThat(world.machine(0).up).isTrue();
        assertThat(world.machine(0).gateOpen).as("nobody is let in").isFalse();
        operator.settle();
        assertThat(world.machine(0).gateOpen).isTrue();
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).isEqualTo(1);
    }

    @Test
    void aRestartedOneLetsNobodyInWithoutAHeartbeat() {
        world.machine(0).losePod();
        world.all().forEach(world::stream);
        world.statefulSet();
        world.machine(0).assignment = Optional.of(Assignment.lead(world.recorded));
        for (int i = 0; i < 10; i++) {
            world.run();
        }
        assertThat(world.machine(0).up).isTrue();
        assertThat(world.machine(0).gateOpen).as("its volume remembers").isFalse();
    }

    @Test
    void whereStandbysConfirmOrNobodyIsThereItNeverStops() {
        World synchronous = World.running(3);
        World lone = asynchronous(1, Mutant.NONE);
        World byHand = World.running(3);
        byHand.wish(false, Duration.ZERO);
        byHand.want(3, 0);
        new Operator(byHand).settle();
        for (World each : List.of(synchronous, lone, byHand)) {
            each.pass(Duration.ofDays(1));
            each.machine(0).guard(each, Duration.ZERO);
            assertThat(each.machine(0).fence).isZero();
            assertThat(each.machine(0).gateOpen).isTrue();
        }
    }

    @Test
    void whenStandbysConfirmAgainItNeedsNoHeartbeatAnyMore() {
        world.want(3);
        while (world.recorded.rules().size() != 1 || world.recorded.newestRule().required() == 0) {
            assertThat(world.machine(0).fence)
                    .as("as long as the old rule is on record")
                    .isEqualTo(LIMIT);
            operator.round();
            world.run();
        }
        operator.settle();
        assertThat(world.machine(0).fence).isZero();
    }

    @Test
    void aLoneOneNeedsNoHeartbeatAnyMore() {
        world.want(1, 0);
        operator.settle();
        assertThat(world.recorded.rules()).containsExactly(Rule.none("orders-0"));
        assertThat(world.machine(0).fence).isZero();
    }

    @Test
    void aLateHeartbeatExtendsNothing() {
        assertThat(aLateHeartbeat(Mutant.NONE).machine(0).up).isFalse();
        assertThatThrownBy(() -> aLateHeartbeat(Mutant.LATE_HEARTBEAT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("orders-0 and orders-1 can acknowledge commits");
    }

    /** One operator sleeps over a heartbeat; another finds the primary lost; then the first wakes up. */
    private static World aLateHeartbeat(Mutant mutant) {
        World three = asynchronous(3, mutant);
        Operator one = new Operator(three);
        Operator sleeper = new Operator(three);
        sleeper.hasAnotherWay = true;
        sleeper.beat();
        sleeper.beat();
        three.machine(0).answers = false;
        three.machine(0).linked = false;
        for (int i = 0; i < 60; i++) {
            one.round();
            three.all().forEach(three::receiverEnds);
            three.all().forEach(three::stream);
            three.pass(Duration.ofMillis(500));
            three.commit();
            if (i == 18) {
                sleeper.beat();
            }
        }
        assertThat(three.recorded.primary()).isEqualTo("orders-1");
        return three;
    }

    @Test
    void oneThatSleptTakesNothingBack() {
        World three = World.running(3);
        Operator sleeper = new Operator(three);
        sleeper.beat();
        sleeper.beat(); // it has read that standbys confirm
        three.want(3, 0);
        three.pass(Duration.ofSeconds(1));
        new Operator(three).settle();
        sleeper.beat();
        assertThat(three.machine(0).fence).isEqualTo(LIMIT);
        three.machine(0).heed(three.machine(0).clock(three.now), new SelfFence.Heartbeat(Duration.ZERO, 1));
        assertThat(three.machine(0).fence).as("however new its reading").isEqualTo(LIMIT);
    }

    @Test
    void theTimeThatItTakesToStopIsWaitedForToo() {
        assertThat(aPrimaryThatStopsAtTheLastMoment(Mutant.NONE).recorded.primary())
                .isEqualTo("orders-1");
        assertThatThrownBy(() -> aPrimaryThatStopsAtTheLastMoment(Mutant.NO_TIME_TO_STOP))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("orders-0 and orders-1 can acknowledge commits");
    }

    private static World aPrimaryThatStopsAtTheLastMoment(Mutant mutant) {
        World three = asynchronous(3, mutant);
        Operator one = new Operator(three);
        one.round();
        three.machine(0).answers = false;
        three.machine(0).linked = false;
        for (int i = 0; i < 250; i++) {
            one.round();
            three.all().forEach(three::receiverEnds);
            three.all().forEach(three::stream);
            three.pass(Duration.ofMillis(100));
            three.commit();
        }
        return three;
    }

    @Test
    void whatAMarkRemembersOfAnotherLifeIsNotReliedOn() {
        world.delete();
        operator.round();
        world.statefulSet();
        operator.round();
        assertThat(world.recorded.newestRule()).isEqualTo(ALONE.withoutSelfFence());
        operator.settle();
        assertThat(world.recorded.newestRule().selfFence()).isEqualTo(LIMIT);
    }

    @Test
    void whileTheTimeChangesTheLongerOneIsWaitedFor() {
        Protocol protocol = world.recorded;
        Rule longer = new Rule("orders-0", ALONE.members(), 0, Duration.ofSeconds(100));
        assertThat(SelfFence.patience(protocol)).isEqualTo(Duration.ofMillis(15_100));
        assertThat(SelfFence.patience(protocol.withRuleBeside(longer))).isEqualTo(Duration.ofSeconds(106));
        assertThat(SelfFence.patience(World.running(3).recorded)).isZero();
    }

    @Test
    void aHeartbeatIsGivenOnlyToWhoLeadsByTheRecord() {
        Protocol protocol = world.recorded;
        long generation = protocol.ruleGeneration();
        assertThat(SelfFence.heartbeat(protocol, "orders-0")).contains(new SelfFence.Heartbeat(LIMIT, generation));
        assertThat(SelfFence.heartbeat(protocol, "orders-1")).isEmpty();
        assertThat(SelfFence.heartbeat(Protocol.none(), "orders-0")).isEmpty();
        assertThat(SelfFence.heartbeat(protocol.opened(world.now, Optional.empty()), "orders-0"))
                .isEmpty();
        Rule majority = new Rule("orders-0", ALONE.members(), 1);
        Protocol both = protocol.withRuleBeside(majority);
        assertThat(SelfFence.heartbeat(both, "orders-0"))
                .as("until the old rule has left the record")
                .contains(new SelfFence.Heartbeat(LIMIT, generation + 1));
        assertThat(SelfFence.heartbeat(both.withNewestRuleOnly(), "orders-0"))
                .contains(new SelfFence.Heartbeat(Duration.ZERO, generation + 1));
    }

    private static World asynchronous(int instances, Mutant mutant) {
        World made = new World(instances, mutant);
        made.want(instances, 0);
        new Operator(made).settle();
        return made;
    }

    private void cutOff(int ordinal) {
        world.machine(ordinal).answers = false;
        world.machine(ordinal).linked = false;
    }

    private void back(int ordinal) {
        world.machine(ordinal).answers = true;
        world.machine(ordinal).linked = true;
    }

    private void untilOpened() {
        for (int i = 0; i < 10 && world.recorded.transition().isEmpty(); i++) {
            aHalfSecond();
        }
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
    }

    private void untilElected(int halfSeconds) {
        for (int i = 0;
                i < halfSeconds && !world.recorded.phase().equals(Optional.of(Transition.Phase.Promoting));
                i++) {
            aHalfSecond();
        }
        assertThat(world.recorded.phase()).contains(Transition.Phase.Promoting);
    }

    private void aHalfSecond() {
        operator.round();
        world.all().forEach(world::receiverEnds);
        world.all().forEach(world::stream);
        world.pass(Duration.ofMillis(500));
    }
}
