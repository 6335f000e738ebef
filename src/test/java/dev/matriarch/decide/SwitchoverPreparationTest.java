package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.SwitchoverAnswer.Reason;
import dev.matriarch.decide.Transition.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is waited for before a primary is stopped, for how long, and for which of two. {@link SwitchoverTest} has what follows. */
class SwitchoverPreparationTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final long LAG = 16;

    private World world = World.running(3);
    private Operator operator = new Operator(world);

    @Test
    void aCheckpointCountsForAMoment() {
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        writesCheckpoint();
        world.disconnect(world.machine(1));
        says(Reason.TargetNotStreaming);
        world.pass(SwitchoverStart.FRESH.minusMillis(1));
        world.stream(world.machine(1));
        begins();
        world.pass(Duration.ofMillis(1));
        says(Reason.Checkpointing);
    }

    /** So that a primary is not made to write them for as long as something else is waited for. */
    @Test
    void eachFurtherOneCountsForTwiceAsLong() {
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        Duration counts = SwitchoverStart.FRESH;
        for (int i = 0; i < 6; i++) {
            writesCheckpoint();
            world.pass(counts.minusMillis(1));
            begins();
            world.pass(Duration.ofMillis(1));
            says(Reason.Checkpointing);
            counts = counts.multipliedBy(2);
        }
    }

    /** The first may have written what had gathered for minutes, the second writes what has since it began; a third would write as much as the second. */
    @Test
    void oneThatTookLongIsFollowedByOneMoreAndNoThird() {
        operator.checkpointsTake = Duration.ofSeconds(20);
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        writesCheckpoint();
        writesCheckpoint();
        begins();
    }

    @Test
    void oneIsWrittenForEachSwitchover() {
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        writesCheckpoint();
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        says(Reason.Checkpointing);
    }

    /** A failover that waits for a person, or for its delay, comes first as well as one that begins. */
    @Test
    void whileThePrimaryIsLostItWaitsForTheFailover() {
        world.wish(false, Duration.ZERO);
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        world.crash(0);
        says(Reason.FailingOver);
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
        world.wish(true, Duration.ofMinutes(1));
        says(Reason.FailingOver);
    }

    @Test
    void ofTwoItWaitsForTheFailoverTooThatNobodyCanMake() {
        begin(2, 1);
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        world.crash(0);
        says(Reason.FailingOver);
    }

    @Test
    void aPrimaryWhoseDiskHasStalledIsNotStopped() {
        begin(2, 1);
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        writesCheckpoint();
        world.stall(world.machine(0));
        world.pass(Detection.STALL.plusMillis(1));
        says(Reason.FailingOver);
    }

    @Test
    void aPrimaryThatDoesNotAnswerAndIsNotLostYetIsNamed() {
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        world.machine(0).answers = false;
        assertThat(operator.plan().answer()).hasValueSatisfying(said -> {
            assertThat(said.reason()).isEqualTo(Reason.ClusterNotReady);
            assertThat(said.message()).isEqualTo("orders-0 does not answer.");
        });
    }

    /** Who let the second one start had not seen the first, which was made earlier: that takes nothing back. */
    @Test
    void ofTwoThatHaveStartedTheOneThatIsUnderWayGoesOn() {
        world.switchOver(Optional.of("orders-1"), LAG, HOUR);
        operator.until(Phase.Demoting);
        world.switchOverToo(Optional.of("orders-2"), LAG, HOUR);
        operator.until(Phase.Promoting);
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        operator.settle();
        assertThat(world.recorded.primary()).as("then it is the other's turn").isEqualTo("orders-2");
        assertThat(world.recorded.epoch()).isEqualTo(3);
        world.askForNoSwitchover();
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(3);
    }

    private void writesCheckpoint() {
        assertThat(operator.round().steps()).singleElement().isInstanceOf(Step.Checkpoint.class);
        world.all().forEach(world::stream);
    }

    private void begins() {
        assertThat(operator.plan().steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.Record.class,
                        step -> assertThat(step.next().phase()).contains(Phase.Demoting));
    }

    private void says(Reason reason) {
        Plan plan = operator.plan();
        assertThat(plan.answer().map(SwitchoverAnswer::reason)).as("%s", plan).contains(reason);
        assertThat(plan.steps()).noneMatch(Step.Demote.class::isInstance);
        assertThat(plan.steps().stream().anyMatch(Step.Checkpoint.class::isInstance))
                .isEqualTo(reason == Reason.Checkpointing);
    }

    private void begin(int instances, int required) {
        world = World.running(instances, required);
        operator = new Operator(world);
    }
}
