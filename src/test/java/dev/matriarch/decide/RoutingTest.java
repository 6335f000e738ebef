package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Assignment.Role;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where clients are led: the slice of {@code orders-primary}, and the role labels. */
class RoutingTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);
    private final String address = world.machine(0).address;

    @Test
    void aDeadPrimaryIsStillRoutedToBecauseItsRefusalIsTheQuickestAnswer() {
        world.machine(0).crash();
        Plan plan = operator.round();
        assertThat(plan.route()).contains(address);
        assertThat(world.machine(0).role).contains(Role.PRIMARY);
    }

    @Test
    void aPrimaryThatWasNeverOpenIsNotRoutedTo() {
        world.route = Optional.empty();
        world.machine(0).role = Optional.empty();
        world.machine(0).gateOpen = false;
        assertThat(operator.plan().route()).isEmpty();
        assertThat(operator.plan().steps()).noneMatch(Step.Label.class::isInstance);
        world.machine(0).gateOpen = true;
        assertThat(operator.plan().route()).contains(address);
    }

    @Test
    void aNewAddressOfThePrimaryIsTakenAtOnce() {
        world.machine(0).losePod();
        assertThat(operator.plan().route()).as("nothing better is known").contains(address);
        world.statefulSet();
        assertThat(operator.plan().route()).contains(world.machine(0).address).isNotEqualTo(Optional.of(address));
    }

    @Test
    void aStandbyThatDoesNotStreamIsReadFromForAShortTime() {
        world.disconnect(world.machine(1));
        operator.round();
        assertThat(world.machine(1).role).contains(Role.STANDBY);
        world.pass(Routing.PATIENCE.minusSeconds(1));
        operator.round();
        assertThat(world.machine(1).role).contains(Role.STANDBY);
        world.pass(Duration.ofSeconds(1));
        operator.round();
        assertThat(world.machine(1).role).isEmpty();

        world.stream(world.machine(1));
        operator.round();
        assertThat(world.machine(1).role).contains(Role.STANDBY);
    }

    @Test
    void aStandbyThatAdmitsNobodyIsNotReadFromUntilItStreamsAgain() {
        world.machine(1).crash();
        operator.round();
        assertThat(world.machine(1).role).isEmpty();
        assertThat(world.machine(2).role).contains(Role.STANDBY);

        world.machine(1).supervise(world);
        world.stream(world.machine(1));
        operator.round();
        assertThat(world.machine(1).role).contains(Role.STANDBY);
    }

    @Test
    void whileThePrimaryIsAwayTheStandbysAreReadFrom() {
        world.machine(0).crash();
        world.machine(1).receiving = false;
        operator.round();
        world.pass(Duration.ofMinutes(5));
        operator.round();
        assertThat(world.machine(1).role).contains(Role.STANDBY);
    }

    @Test
    void aNewPodHasNoRoleBeforeItStreams() {
        world.disconnect(world.machine(1));
        world.machine(1).losePod();
        world.statefulSet();
        operator.round();
        assertThat(world.machine(1).role).isEmpty();
    }

    @Test
    void oneThatTheStandbyItselfDoesNotConfirmDoesNotStream() {
        Observation before = operator.observe();
        assertThat(before.streams(before.instance("orders-1").orElseThrow())).isTrue();
        world.machine(1).receiving = false;
        Observation after = operator.observe();
        assertThat(after.walsender(after.instance("orders-1").orElseThrow())).isPresent();
        assertThat(after.streams(after.instance("orders-1").orElseThrow())).isFalse();
    }

    @Test
    void oneOfAnotherEpochDoesNotStream() {
        world.recorded = world.recorded.nextEpoch("orders-0");
        Observation seen = operator.observe();
        assertThat(seen.streams(seen.instance("orders-1").orElseThrow())).isFalse();
    }
}
