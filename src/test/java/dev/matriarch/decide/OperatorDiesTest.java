package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** An operator that dies between any two steps leaves a state from which the next one, which remembers nothing, comes to the same end. */
class OperatorDiesTest {

    private record Course(String name, int instances, Consumer<World> change) {}

    private static final List<Course> COURSES = List.of(
            new Course("creation of three", 0, world -> world.want(3)),
            new Course("creation of one", 0, world -> world.want(1)),
            new Course("creation without synchronous replication", 0, world -> world.want(3, 0)),
            new Course("from three to five", 3, world -> world.want(5)),
            new Course("from five to three", 5, world -> world.want(3)),
            new Course("from three to one", 3, world -> world.want(1)),
            new Course("to no synchronous replication", 3, world -> world.want(3, 0)),
            new Course("a standby's claim is deleted", 3, world -> {
                world.disconnect(world.machine(1));
                world.machine(1).loseClaim();
            }),
            new Course("a standby's volume is found empty", 3, world -> {
                world.disconnect(world.machine(2));
                world.machine(2).loseData();
            }),
            new Course("a standby is away for a minute", 3, world -> {
                world.disconnect(world.machine(1));
                world.machine(1).losePod();
                world.pass(Duration.ofMinutes(1));
            }),
            new Course("a primary and a standby are lost, and a person accepts it", 3, world -> {
                for (int ordinal : new int[] {0, 2}) {
                    world.disconnect(world.machine(ordinal));
                    world.machine(ordinal).loseClaim();
                }
                Invariants.forgive(world);
                Lsn position = new Lsn(world.machine(1).data.position());
                world.ask(new Consent(1, Optional.of(new Consent.Kept("orders-1", position))).toString());
            }),
            new Course("all Pods are lost", 3, world -> world.all().forEach(Machine::losePod)),
            new Course("the cluster is deleted and made again", 3, World::delete),
            new Course("the status is restored from an old copy", 3, world -> {
                Protocol old = world.recorded;
                world.want(5);
                new Operator(world).settle();
                world.want(3);
                world.recorded = old;
            }));

    private static final List<Course> FAILOVERS = List.of(
            new Course("the primary's PostgreSQL dies", 3, world -> {
                world.machine(0).crash();
                world.all().forEach(world::stream);
                new Operator(world).round(); // before its supervisor restarts it
            }),
            new Course("the primary's Pod is lost", 3, world -> world.machine(0).losePod()),
            new Course(
                    "the primary's volume is lost", 5, world -> world.machine(0).loseClaim()),
            new Course("the primary is cut off for a while", 3, world -> {
                world.machine(0).linked = false;
                world.machine(0).answers = false;
                new Operator(world).settleWaiting();
                world.machine(0).linked = true;
                world.machine(0).answers = true;
            }));

    @TestFactory
    Stream<DynamicTest> theEndIsTheSame() {
        return COURSES.stream()
                .map(course -> DynamicTest.dynamicTest(course.name(), () -> {
                    World undisturbed = begun(course);
                    int steps = new Operator(undisturbed).settle().steps;
                    assertThat(steps).isPositive();
                    for (int death = 0; death < steps; death++) {
                        World world = begun(course);
                        new Operator(world).dyingAfter(death).settle();
                        assertThat(end(world))
                                .as("it died before step %d\n%s", death, world)
                                .isEqualTo(end(undisturbed));
                    }
                }));
    }

    /** Who is elected may depend on when; that somebody is, that all others follow, and that nothing is lost, may not. */
    @TestFactory
    Stream<DynamicTest> aFailoverEndsWhole() {
        return FAILOVERS.stream()
                .map(course -> DynamicTest.dynamicTest(course.name(), () -> {
                    int steps = new Operator(begun(course)).settle().steps;
                    assertThat(steps).isPositive();
                    for (int death = 0; death < steps; death++) {
                        World world = begun(course);
                        new Operator(world).dyingAfter(death).settle();
                        assertThat(world.recorded.epoch())
                                .as("it died before step %d\n%s", death, world)
                                .isEqualTo(2);
                        assertThat(world.recorded.rules()).singleElement().satisfies(rule -> assertThat(rule.members())
                                .hasSize(course.instances() - 1));
                        assertThat(world.all())
                                .filteredOn(each -> each.receiving)
                                .hasSize(course.instances() - 1);
                        assertThat(world.route).contains(world.machine(world.recorded.primary()).address);
                    }
                }));
    }

    private static World begun(Course course) {
        World world = course.instances() == 0 ? new World(1) : World.running(course.instances());
        course.change().accept(world);
        return world;
    }

    /** What may not depend on the way: who leads and follows, the rules by their words, the slots. */
    private static List<Object> end(World world) {
        return List.of(
                world.replicas,
                world.initialisations,
                world.recorded.epoch(),
                world.recorded.primary(),
                world.recorded.rules(),
                world.machine(world.recorded.primary()).data.names,
                world.machine(world.recorded.primary()).data.slots,
                world.all().stream()
                        .filter(each -> each.up)
                        .map(each -> each.name + each.role + each.receiving)
                        .toList());
    }
}
