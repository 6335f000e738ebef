package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;

/** What the tests have in common that tell a course twice: without a rule of the protocol it violates safety; with it nothing is lost and the cluster becomes whole. */
abstract class ToldCourses {

    World world;
    Operator operator;

    /** Whose supervisor does nothing by itself. */
    Machine slow;

    /** A course without the rule, and the same one with it. */
    void tell(Mutant mutant, int instances, String seen, Runnable course) {
        Violation violation = catchThrowableOfType(Violation.class, () -> tell(mutant, instances, course));
        assertThat(violation).as("without the rule").isNotNull();
        assertThat(violation.kind).isEqualTo(Violation.Kind.SAFETY);
        assertThat(violation.what()).contains(seen);
        tell(Mutant.NONE, instances, course);
        world.invariants.nothingIsLost(world.machine(world.recorded.primary()));
    }

    private void tell(Mutant mutant, int instances, Runnable course) {
        world = World.running(instances);
        world.mutant = mutant;
        slow = null;
        operator = new Operator(world);
        course.run();
        operator.settleWaiting();
        for (int ordinal = 0; ordinal < instances; ordinal++) {
            world.isBack(ordinal);
        }
        operator.settle();
    }

    /** Goes on until a step is to be done whose short form begins so, and does not do it. */
    Step planned(String words) {
        for (int i = 0; i < 20; i++) {
            for (Step step : operator.plan().steps()) {
                if (ShortForm.of(step).startsWith(words)) {
                    return step;
                }
            }
            operator.round();
            move();
        }
        throw new AssertionError("it never comes to this: " + words + "\n" + world);
    }

    /** All machines move, but one supervisor may be slow. */
    void move() {
        world.all().stream().filter(each -> each != slow).forEach(each -> each.supervise(world));
        world.all().forEach(world::receiverEnds);
        world.all().forEach(world::stream);
        world.pass(Duration.ofSeconds(1));
    }

    /** A client commits, and these standbys receive it. */
    void commitWith(int... standbys) {
        world.commit();
        for (int ordinal : standbys) {
            world.stream(world.machine(ordinal));
        }
    }
}
