package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Observation.Marker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The synchronous rule: which standbys are its members, and how it is changed. */
class RuleChangeTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void nothingIsDoneWhileAllIsAsItShouldBe() {
        assertThat(operator.plan().steps()).isEmpty();
    }

    @Test
    void aShortBreakChangesNothing() {
        breakOf(1);
        operator.plan();
        world.pass(Duration.ofSeconds(9));
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
    }

    @Test
    void aMemberThatIsAwayForLongLeavesTheRuleWhenTheOthersAreEnough() {
        breakOf(1);
        operator.plan();
        world.pass(RuleChange.PATIENCE);
        assertThat(newRule(operator.plan())).isEqualTo(new Rule("orders-0", List.of("orders-2/e1"), 1));
    }

    @Test
    void whenTooFewStreamNobodyLeaves() {
        breakOf(1);
        breakOf(2);
        operator.plan();
        world.pass(RuleChange.PATIENCE);
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(operator.plan().waitings()).extracting(Waiting::reason).contains(Waiting.Reason.StandbysMissing);
        assertThat(Health.acceptsWrites(operator.observe())).isFalse();
    }

    @Test
    void anOperatorThatRemembersNothingIsPatient() {
        breakOf(1);
        operator.plan();
        world.pass(RuleChange.PATIENCE);
        operator.forget();
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
    }

    @Test
    void oneThatStreamsAgainIsAMemberAtOnce() {
        breakOf(1);
        operator.plan();
        world.pass(RuleChange.PATIENCE);
        operator.round();
        world.stream(world.machine(1));
        assertThat(newRule(operator.plan()).members()).containsExactly("orders-1/e1", "orders-2/e1");
    }

    @Test
    void nobodyJoinsOnItsPrimarysWordAlone() {
        world.want(4);
        operator.round();
        world.run();
        world.run();
        world.run();
        operator.round();
        world.run();
        world.run();
        world.machine(3).answers = false;
        assertThat(operator.observe().streams(world.machine(3).seen(world.now, Mutant.NONE)))
                .isTrue();
        assertThat(world.recorded.newestRule().hasMember("orders-3")).isFalse();
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
        world.machine(3).answers = true;
        operator.settle();
        assertThat(world.recorded.newestRule().hasMember("orders-3")).isTrue();
    }

    @Test
    void theOldRuleStaysOnRecordUntilEveryWalsenderHasPassedTheMarker() {
        world.want(3, 2);
        operator.round();
        operator.round();
        assertThat(operator.plan().steps()).containsExactly(new Step.Settle("orders-0", 2, false, false));
        operator.round();
        assertThat(world.recorded.rules()).hasSize(2);

        world.stream(world.machine(1));
        assertThat(operator.plan().steps()).as("orders-2 has not").isEmpty();
        assertThat(operator.plan().waitings()).extracting(Waiting::reason).contains(Waiting.Reason.ChangingRule);

        world.stream(world.machine(2));
        operator.round();
        assertThat(world.recorded.rules())
                .as("nor has anybody passed the second")
                .hasSize(2);
        world.stream(world.machine(1));
        assertThat(operator.plan().steps()).as("one of two is not enough").isEmpty();
        world.stream(world.machine(2));
        assertThat(operator.plan().steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.Record.class, step -> assertThat(step.next().rules())
                                .containsExactly(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 2)));
    }

    @Test
    void aWalsenderThatIsGoneNeedNotPassButEnoughMustHave() {
        world.want(3, 2);
        operator.round();
        operator.round();
        operator.round();
        world.stream(world.machine(1));
        world.disconnect(world.machine(2));
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
    }

    /** The walsender of orders-3 takes the rule late: it acknowledges a commit behind the first marker by the old one, and is gone. */
    @Test
    void whatWasAcknowledgedByTheOldRuleBehindTheMarkerIsConfirmedByTheNewMembers() {
        World five = World.running(5);
        Operator one = new Operator(five);
        five.want(4);
        one.round();
        one.round();
        one.round();
        five.stream(five.machine(2));
        five.commit();
        five.stream(five.machine(1));
        five.stream(five.machine(4));
        assertThat(five.acknowledged)
                .as("by two of the four")
                .hasSize(five.machine(0).data.wal.writes().size());
        five.disconnect(five.machine(3));
        assertThat(one.plan().steps())
                .as("orders-2 has passed the first marker, and does not have the commit")
                .containsExactly(new Step.Settle("orders-0", 2, false, true));
        one.round();
        five.stream(five.machine(1));
        assertThat(one.round().steps()).isEmpty();
        five.stream(five.machine(2));
        assertThat(one.round().steps()).singleElement().isInstanceOf(Step.Record.class);
    }

    @Test
    void aForgottenMarkerIsWrittenAgain() {
        world.want(3, 2);
        operator.round();
        operator.round();
        operator.round();
        operator.forget();
        assertThat(operator.plan().steps()).containsExactly(new Step.Settle("orders-0", 2, false, false));
    }

    @Test
    void aMarkerOfAnotherGenerationIsNone() {
        world.want(3, 2);
        operator.round();
        operator.round();
        Observation seen = operator.observe();
        Observation stale = new Observation(
                seen.protocol(),
                seen.instances(),
                seen.replicas(),
                seen.route(),
                new Observation.Memory(
                        java.util.Optional.of(new Marker(1, Lsn.ZERO, true)),
                        seen.memory().absentSince(),
                        java.util.Optional.empty()));
        assertThat(Decision.decide(world.intent, stale, world.now).steps())
                .containsExactly(new Step.Settle("orders-0", 2, false, false));
    }

    @Test
    void aRuleThatSomebodyTookAwayByHandIsPutBack() {
        world.machine(0).data.names = "";
        assertThat(operator.plan().steps())
                .containsExactly(new Step.SetRule("orders-0", 1, 1, world.recorded.newestRule()));
    }

    @Test
    void toNoSynchronousReplicationAndBack() {
        world.want(3, 0);
        operator.settle();
        assertThat(world.recorded.rules())
                .containsExactly(
                        new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 0, Duration.ofSeconds(10)));
        world.want(3);
        operator.round();
        operator.round();
        assertThat(operator.plan().steps())
                .as("behind checkpoints, since nobody was waited for")
                .containsExactly(new Step.Settle("orders-0", 3, true, false));
        operator.settle();
        assertThat(world.recorded.newestRule().required()).isEqualTo(1);
        assertThat(world.recorded.ruleGeneration()).isEqualTo(3);
    }

    @Test
    void aNewestRuleThatCannotBeMetIsLeftEvenIfManyAreOnRecord() {
        Protocol was = world.recorded;
        Rule all = was.newestRule();
        Rule first = new Rule("orders-0", List.of("orders-1/e1"), 1);
        Rule second = new Rule("orders-0", List.of("orders-2/e1"), 1);
        world.recorded = new Protocol(
                1, "orders-0", was.systemIdentifier(), 1, 4, List.of(all, second, all, first), was.timelines());
        breakOf(1);
        world.machine(1).losePod();
        operator.plan();
        world.pass(RuleChange.PATIENCE);
        assertThat(newRule(operator.plan())).isEqualTo(second);
    }

    private void breakOf(int ordinal) {
        world.disconnect(world.machine(ordinal));
    }

    private static Rule newRule(Plan plan) {
        return plan.steps().stream()
                .filter(Step.Record.class::isInstance)
                .map(step -> ((Step.Record) step).next().newestRule())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no rule is recorded by " + plan));
    }
}
