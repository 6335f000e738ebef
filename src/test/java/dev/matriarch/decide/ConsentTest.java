package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A failover that goes on by the word of a person, told course by course. */
class ConsentTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void itsWordsAreReadAsTheyAreWritten() {
        for (Consent each : List.of(
                new Consent(3, Optional.empty()),
                new Consent(12, Optional.of(new Consent.Kept("orders-1", Lsn.parse("16/B374D848")))))) {
            assertThat(Consent.parse(each.toString())).contains(each);
            assertThat(Consent.parse("  "
                            + each.toString().toUpperCase().replace(" ", "  ").replace("ORDERS", "orders")))
                    .contains(each);
        }
        assertThat(new Consent(3, Optional.of(new Consent.Kept("orders-1", Lsn.parse("0/3000148")))))
                .hasToString("epoch 3, losing all after 0/3000148 of orders-1");
        assertThat(List.of("", "3", "yes", "epoch 3", "epoch three, losing nothing", "epoch 3, losing all of orders-1"))
                .allSatisfy(text -> assertThat(Consent.parse(text)).isEmpty());
    }

    @Test
    void withoutAQuorumItWaitsAndSaysWhatWouldHaveToBeSaid() {
        loseTheQuorum();
        Plan plan = operator.round();
        assertThat(plan.steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(waiting(plan).remedy()).hasValueSatisfying(each -> {
            assertThat(each.epoch()).isEqualTo(1);
            assertThat(each.kept().orElseThrow().instance()).isEqualTo("orders-1");
            assertThat(each.kept().orElseThrow().position().bytes())
                    .isEqualTo(world.machine(1).data.position());
        });
        assertThat(refusal()).as("nobody has asked").isEmpty();
    }

    @Test
    void whenAPersonAcceptsTheLossOfAQuorumTheBestThatAnswersLeadsAndAllBecomesWhole() {
        loseTheQuorum();
        ask();
        operator.round();
        assertThat(world.recorded.transition().orElseThrow().consent()).isPresent();
        untilElected("orders-1");
        assertThat(world.recorded.newestRule())
                .as("nobody else answers, and the record says that nobody confirms")
                .isEqualTo(Rule.none("orders-1"));
        assertThat(world.recorded.rules())
                .as("the old rule stays until the new one has settled")
                .hasSize(2);
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(2);
        assertThat(world.recorded.timeline()).as("never used").isEqualTo(3);
        assertThat(world.recorded.newestRule().required()).isEqualTo(1);
        assertThat(world.recorded.lastTransition().flatMap(Transition::consent)).isPresent();
        assertThat(List.of(world.machine(0).receiving, world.machine(2).receiving))
                .containsOnly(true);
        assertThat(refusal()).as("it was used, and may stay where it is").isEmpty();
    }

    @Test
    void whileItLeadsAloneThatIsToldAndItsLossIsUpToAPersonAgain() {
        cutOff(0);
        cutOff(2);
        waitForTheLoss();
        ask();
        assertThat(operator.settleWaiting())
                .extracting(Waiting::message)
                .contains("What is committed is on orders-1 alone, until enough stream to wait for 1.");
        cutOff(1);
        back(2);
        waitForTheLoss();
        assertNothingIsDone();
        assertThat(remedy().kept().orElseThrow().instance()).isEqualTo("orders-2");
    }

    @Test
    void forAnotherEpochItHasNoEffectAndItIsSaidWhatWouldBeRight() {
        loseTheQuorum();
        Consent right = remedy();
        world.ask(new Consent(right.epoch() + 1, right.kept()).toString());
        assertNothingIsDone();
        assertThat(refusal()).hasValueSatisfying(each -> {
            assertThat(each.why()).isEqualTo("it is about epoch 2, and this is epoch 1.");
            assertThat(each.right()).contains(right);
        });
    }

    @Test
    void forAnotherPositionOrInstanceItHasNoEffect() {
        loseTheQuorum();
        Consent right = remedy();
        Consent.Kept kept = right.kept().orElseThrow();
        for (Consent.Kept other : List.of(
                new Consent.Kept("orders-2", kept.position()),
                new Consent.Kept("orders-1", new Lsn(kept.position().bytes() - 1)),
                new Consent.Kept("orders-1", new Lsn(kept.position().bytes() + 1)))) {
            world.ask(new Consent(1, Optional.of(other)).toString());
            assertNothingIsDone();
            assertThat(refusal()).hasValueSatisfying(each -> {
                assertThat(each.why())
                        .isEqualTo("orders-1 would lead, at " + kept.position() + ", and may lack something.");
                assertThat(each.right()).contains(right);
            });
        }
    }

    @Test
    void whatIsNotUnderstoodHasNoEffect() {
        loseTheQuorum();
        world.ask("yes, please");
        assertNothingIsDone();
        assertThat(refusal().orElseThrow().why()).isEqualTo("what it says is not understood: yes, please.");
        assertThat(refusal().orElseThrow().right()).contains(remedy());
    }

    @Test
    void whoDoesNotAcceptALossDoesNotGetOne() {
        loseTheQuorum();
        world.ask("epoch 1, losing nothing");
        assertNothingIsDone();
        assertThat(refusal().orElseThrow().why()).contains("may lack something");
    }

    @Test
    void whileThePrimaryLeadsItHasNoEffectAndIsRefused() {
        world.ask("epoch 1, losing all after 0/64 of orders-1");
        assertNothingIsDone();
        assertThat(refusal()).contains(new Consenting.Refusal("orders-0 is not lost.", Optional.empty()));
    }

    @Test
    void oneThatWasLeftBehindHasNoEffectOnTheNextLossOfTheSameEpoch() {
        cutOff(0);
        cutOff(2);
        waitForTheLoss();
        String said = remedy().toString();
        back(0);
        back(2);
        world.ask(said); // too late: the primary is back
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(1);
        loseTheQuorum();
        assertNothingIsDone();
        assertThat(refusal().orElseThrow().why()).contains("orders-1 would lead");
    }

    @Test
    void oneThatWasUsedHasNoFurtherEffect() {
        loseTheQuorum();
        ask();
        operator.settle();
        loseTheQuorum();
        assertNothingIsDone();
        assertThat(waiting(operator.plan()).remedy().orElseThrow().epoch()).isEqualTo(2);
    }

    @Test
    void theOldPrimaryMayGoOnWithItsOwnAndBecomesAStandbyWhenItIsBack() {
        cutOff(0);
        cutOff(2);
        world.machine(0).linked = true; // with each other, and with clients
        world.machine(2).linked = true;
        world.machine(1).linked = false;
        waitForTheLoss();
        ask();
        operator.settleWaiting();
        assertThat(world.machine(1).leads()).isTrue();
        assertThat(world.machine(0).leads()).isTrue();
        long lost =
                world.machine(0).data.wal.writes().stream().max(Long::compare).orElseThrow();
        assertThat(world.machine(2).data.wal.holds(lost))
                .as("and was acknowledged")
                .isTrue();
        world.all().forEach(each -> back(Names.ordinal(each.name)));
        operator.settle();
        assertThat(world.machine(0).data.wal.writes())
                .isEqualTo(world.machine(1).data.wal.writes())
                .doesNotContain(lost);
        assertThat(List.of(world.machine(0).receiving, world.machine(2).receiving))
                .containsOnly(true);
        assertThat(world.recorded.newestRule().required()).isEqualTo(1);
    }

    @Test
    void ifThePrimaryIsBackBeforeAnotherIsElectedNothingIsLost() {
        cutOff(0);
        cutOff(2);
        waitForTheLoss();
        ask();
        operator.round();
        back(0);
        operator.settleWaiting();
        back(2);
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).isEqualTo(2);
    }

    @Test
    void ifTheNamedIsLostTooItIsAskedAgain() {
        World five = World.running(5);
        Operator alone = new Operator(five);
        for (int ordinal : new int[] {0, 3, 4}) {
            crash(five, five.machine(ordinal));
            five.machine(ordinal).answers = false;
        }
        five.machine(1).data.write(1); // WAL of which only it has received something
        five.pass(Detection.HEARD);
        alone.round();
        five.pass(Detection.HEARD);
        five.ask(waiting(alone.plan()).remedy().orElseThrow().toString());
        alone.round();
        assertThat(five.recorded.epoch()).isEqualTo(2);
        five.disconnect(five.machine(1));
        five.machine(1).answers = false;
        five.pass(Duration.ofSeconds(20));
        Plan plan = alone.round();
        assertThat(plan.steps()).noneMatch(Step.Record.class::isInstance);
        Consent again = waiting(alone.plan()).remedy().orElseThrow();
        assertThat(again.epoch()).isEqualTo(2);
        assertThat(again.kept().orElseThrow().instance()).isEqualTo("orders-2");
        five.ask(again.toString());
        alone.round();
        assertThat(five.recorded.epoch()).isEqualTo(3);
    }

    @Test
    void asManyAsAnswerConfirmWhatTheElectedHas() {
        World five = World.running(5);
        Operator alone = new Operator(five);
        for (int ordinal : new int[] {0, 3, 4}) {
            five.machine(ordinal).answers = false;
            five.machine(ordinal).linked = false;
        }
        alone.round();
        five.pass(Duration.ofSeconds(4));
        five.ask(waiting(alone.plan()).remedy().orElseThrow().toString());
        for (int i = 0; i < 5; i++) {
            alone.round();
            five.all().forEach(five::receiverEnds);
        }
        assertThat(five.recorded.newestRule().required())
                .as("of two that were wanted")
                .isEqualTo(1);
        assertThat(five.recorded.newestRule().members()).hasSize(4);
        five.all().forEach(each -> {
            each.answers = true;
            each.linked = true;
        });
        alone.settle();
        assertThat(five.recorded.newestRule().required()).isEqualTo(2);
    }

    @Test
    void whereTooFewConfirmWhatTheElectedHasAPersonCanLetItLead() {
        crash(world, world.machine(0));
        untilElected("orders-1");
        world.machine(2).answers = false;
        world.machine(2).linked = false;
        world.machine(0).uid = Optional.empty();
        world.replicas = -1;
        Plan plan = operator.round();
        assertThat(waiting(plan).message()).contains("orders-1 is elected", "1 must confirm");
        ask();
        for (int i = 0; i < 10; i++) {
            operator.round();
        }
        assertThat(world.recorded.epoch()).isEqualTo(3);
        assertThat(world.machine(1).leads()).isTrue();
        assertThat(world.recorded.timelines())
                .extracting(Protocol.EpochTimeline::timeline)
                .containsExactly(1L, 3L, 5L);
    }

    @Test
    void whatIsNotAutomaticGoesOnWhenItIsAskedForAndLosesNothing() {
        world.wish(false, Duration.ZERO);
        crash(world, world.machine(0));
        assertThat(waiting(operator.round()).remedy()).contains(new Consent(1, Optional.empty()));
        ask();
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        assertThat(world.recorded.newestRule().required()).isEqualTo(1);
    }

    @Test
    void whatIsDelayedGoesOnWhenItIsAskedFor() {
        world.wish(true, Duration.ofHours(1));
        crash(world, world.machine(0));
        operator.round();
        world.ask("epoch 1, losing nothing");
        operator.settle();
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
    }

    /** The volumes of the primary and of a standby are lost, with all that only they had. */
    private void loseTheQuorum() {
        int primary = Names.ordinal(world.recorded.primary());
        int standby = primary == 2 ? 0 : 2;
        for (int ordinal : new int[] {primary, standby}) {
            world.disconnect(world.machine(ordinal));
            world.machine(ordinal).loseClaim();
        }
        world.all().forEach(world::stream);
        Invariants.forgive(world);
        world.pass(Detection.HEARD);
    }

    /** Long enough that it is silent and nobody hears it. */
    private void waitForTheLoss() {
        operator.round();
        world.pass(Duration.ofSeconds(4));
        world.all().forEach(world::stream);
    }

    private Consent remedy() {
        return waiting(operator.plan()).remedy().orElseThrow();
    }

    /** A person types what the condition says. */
    private void ask() {
        world.ask(remedy().toString());
    }

    private Optional<Consenting.Refusal> refusal() {
        Observation seen = operator.observe();
        return Consenting.refusal(world.intent, seen, Decision.decide(world.intent, seen, world.now));
    }

    private void assertNothingIsDone() {
        Protocol before = world.recorded;
        for (int i = 0; i < 10; i++) {
            operator.round();
            world.pass(Duration.ofSeconds(1));
        }
        assertThat(world.recorded).isEqualTo(before);
    }

    private static Waiting waiting(Plan plan) {
        return plan.waitings().stream()
                .filter(each -> each.reason() == Waiting.Reason.NoSafeCandidate)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is missing: " + plan));
    }

    private static void crash(World world, Machine machine) {
        machine.crash();
        world.all().forEach(world::stream);
    }

    private void cutOff(int ordinal) {
        world.machine(ordinal).answers = false;
        world.machine(ordinal).linked = false;
    }

    private void back(int ordinal) {
        world.machine(ordinal).answers = true;
        world.machine(ordinal).linked = true;
    }

    private void untilElected(String expected) {
        for (int i = 0; i < 10 && !world.recorded.phase().equals(Optional.of(Transition.Phase.Promoting)); i++) {
            operator.round();
            world.all().forEach(world::receiverEnds);
        }
        assertThat(world.recorded.primary()).isEqualTo(expected);
    }
}
