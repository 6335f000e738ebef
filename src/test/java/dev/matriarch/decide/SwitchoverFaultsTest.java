package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Something goes wrong after each single step of a switchover, once after each. Whatever it is, one leads afterwards, all others follow it, clients are led to it, and
 * nothing is lost. Whether the switchover went on, went back or gave way to a failover depends on when it was.
 */
class SwitchoverFaultsTest {

    private static final Map<String, Consumer<World>> FAULTS = new TreeMap<>(Map.of(
            "the operator dies", world -> {},
            "the old primary dies", world -> fail(world, 0, Machine::crash),
            "the old primary's Pod is lost", world -> fail(world, 0, Machine::losePod),
            "the old primary is cut off for a while", world -> cutOff(world, 0),
            "the target dies", world -> fail(world, 1, Machine::crash),
            "the target's Pod is lost", world -> fail(world, 1, Machine::losePod),
            "the target is cut off for a while", world -> cutOff(world, 1),
            "the other standby is cut off for a while", world -> cutOff(world, 2),
            "it is not wanted any more", World::askForNoSwitchover,
            "its deadline passes", world -> world.pass(Duration.ofMinutes(2))));

    @TestFactory
    Stream<DynamicTest> afterEachStep() {
        return Stream.of(2, 3)
                .flatMap(instances -> FAULTS.keySet().stream().flatMap(fault -> IntStream.range(0, steps(instances))
                        .mapToObj(step -> DynamicTest.dynamicTest(
                                "of " + instances + ", " + fault + " after step " + (step + 1),
                                () -> survives(instances, fault, step)))));
    }

    /** Its end is what its supervisor waits for, then, and no stop that nobody asked for: of two, nobody else could confirm what the elected has. */
    @Test
    void aPrimaryThatIsToldToFollowBeforeItHasEndedDoes() {
        World world = switching(2, 1);
        Operator operator = new Operator(world);
        operator.round();
        operator.round();
        operator.act(new Step.Demote("orders-0", 2));
        Machine old = world.machine(0);
        old.assignment = Optional.of(Assignment.await(world.recorded));
        old.supervise(world);
        assertThat(old.up).as("it has ended").isFalse();
        old.supervise(world);
        assertThat(old.up && old.data.standby).as("%s", world).isTrue();
    }

    private static int steps(int instances) {
        World world = switching(instances, instances / 2);
        return new Operator(world).settle().steps;
    }

    private static void survives(int instances, String fault, int step) {
        World world = switching(instances, instances / 2);
        Operator operator = new Operator(world).dyingAfter(step + 1);
        int done = -1;
        while (operator.steps <= step && done < 200) {
            operator.round();
            done++;
            if (operator.steps <= step) {
                world.run();
            }
        }
        FAULTS.get(fault).accept(world);
        Operator next = new Operator(world);
        next.settleWaiting();
        world.all().forEach(each -> {
            each.answers = true;
            each.linked = true;
        });
        next.settle();
        assertThat(world.recorded.transition()).as("%s", world).isEmpty();
        assertThat(world.recorded.rules()).hasSize(1);
        Machine leader = world.machine(world.recorded.primary());
        assertThat(world.route).contains(leader.address);
        assertThat(world.all())
                .filteredOn(each -> each.receiving)
                .as("%s", world)
                .hasSize(instances - 1);
        world.invariants.nothingIsLost(leader);
    }

    private static World switching(int instances, int required) {
        World world = World.running(instances, required);
        world.commit();
        world.switchOver(Optional.of("orders-1"), 16, Duration.ofSeconds(20));
        return world;
    }

    private static void fail(World world, int ordinal, Consumer<Machine> how) {
        world.disconnect(world.machine(ordinal));
        how.accept(world.machine(ordinal));
    }

    private static void cutOff(World world, int ordinal) {
        world.cutOff(ordinal);
    }
}
