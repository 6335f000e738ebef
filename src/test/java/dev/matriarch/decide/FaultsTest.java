package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Faults of docs/faults.md that are about order, told one by one; {@link RandomCoursesTest} mixes them with all else. */
class FaultsTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void fault4WritesGoOnWhileTheNodeOfAStandbyIsGone() {
        world.machine(2).die(true);
        Protocol before = world.recorded;
        for (int second = 0; second < 60; second++) {
            int acknowledged = world.acknowledged.size();
            operator.rounds(1);
            assertThat(world.acknowledged).as("second %d", second).hasSizeGreaterThan(acknowledged);
        }
        assertThat(world.recorded.epoch()).isEqualTo(before.epoch());
        assertThat(world.recorded.lastTransition()).isEmpty();
    }

    /** Both look at once, and do their steps in turn, each of which the other has just done or is about to do. */
    @Test
    void fault10TwoOperatorsThatBothLeadReplaceALostPrimaryOnce() {
        Operator other = new Operator(world, "other");
        world.crash(0);
        for (int i = 0; i < 60 && world.recorded.lastTransition().isEmpty(); i++) {
            List<Step> steps = operator.plan().steps();
            List<Step> others = other.plan().steps();
            assertThat(others).isEqualTo(steps);
            for (Step step : steps) {
                boolean done = operator.act(step);
                boolean twice = other.act(step);
                assertThat(twice && step instanceof Step.Record)
                        .as("%s is recorded twice", step)
                        .isFalse();
                if (!done) {
                    break;
                }
            }
            world.run();
            world.pass(Duration.ofSeconds(1));
        }
        replacedOnce();
    }

    /** Each write to the API server is refused the first time that it is tried, and whatever is read is behind in every other round. */
    @Test
    void fault26AnApiServerThatRefusesAndIsBehindDelaysAFailover() {
        Set<String> refused = new HashSet<>();
        world.cutOff(0);
        for (int i = 0; i < 200 && world.recorded.lastTransition().isEmpty(); i++) {
            operator.behind = i % 2 == 1;
            operator.behindObjects = i % 2 == 1;
            for (Step step : operator.plan().steps()) {
                boolean written = step instanceof Step.Record
                        || step instanceof Step.Assign
                        || step instanceof Step.WriteMark
                        || step instanceof Step.Label;
                if (written && refused.add(ShortForm.of(step)) || !operator.act(step)) {
                    break;
                }
            }
            world.run();
            world.pass(Duration.ofSeconds(1));
        }
        operator.behind = false;
        operator.behindObjects = false;
        world.isBack(0);
        assertThat(refused).hasSizeGreaterThan(5);
        replacedOnce();
    }

    private void replacedOnce() {
        operator.settle();
        assertThat(world.recorded.epoch()).as("%s", world).isEqualTo(2);
        assertThat(world.recorded.primary()).isNotEqualTo("orders-0");
        assertThat(world.recorded.rules()).hasSize(1);
        world.invariants.nothingIsLost(world.machine(world.recorded.primary()));
    }
}
