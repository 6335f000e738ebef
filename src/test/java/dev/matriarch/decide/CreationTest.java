package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Assignment.Deed;
import dev.matriarch.decide.Assignment.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a cluster begins, step by step. */
class CreationTest {

    private final World world = new World(3);
    private final Operator operator = new Operator(world);

    @Test
    void firstTheRecordSaysWhoInitialisesAndNothingElseHappens() {
        Plan plan = operator.plan();
        assertThat(plan.replicas()).isEqualTo(3);
        assertThat(plan.route()).isEmpty();
        assertThat(plan.steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> assertThat(
                        step.next())
                .isEqualTo(Protocol.founded("orders-0")));
    }

    @Test
    void thenOneInstanceInitialisesAndTheOthersAreToldNothing() {
        operator.round();
        world.statefulSet();
        Plan plan = operator.round();
        assertThat(plan.steps()).singleElement().isInstanceOfSatisfying(Step.Assign.class, step -> {
            assertThat(step.instance()).isEqualTo("orders-0");
            assertThat(step.assignment()).isEqualTo(Assignment.initialise(1));
        });
        assertThat(plan.waitings()).extracting(Waiting::reason).containsExactly(Waiting.Reason.Initialising);
    }

    @Test
    void theSystemIdentifierIsRecordedBeforeAnythingIsBuiltOnIt() {
        initialise();
        assertThat(operator.plan().steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().systemIdentifier()).isEqualTo("731");
            assertThat(step.next().timelines()).containsExactly(new Protocol.EpochTimeline(1, 1));
        });
    }

    @Test
    void nobodyCopiesBeforeThePrimarysDataIsMarked() {
        initialise();
        operator.round();
        List<Step> steps = operator.plan().steps();
        assertThat(steps.get(0)).isInstanceOfSatisfying(Step.WriteMark.class, step -> assertThat(step.instance())
                .isEqualTo("orders-0"));
        assertThat(assigned(steps)).extracting(Step.Assign::instance).containsExactly("orders-0");

        operator.round();
        assertThat(assigned(operator.plan().steps()))
                .extracting(Step.Assign::assignment)
                .containsExactly(Assignment.copy(world.recorded), Assignment.copy(world.recorded));
    }

    @Test
    void theBootstrapRunsBeforeThereIsARule() {
        initialise();
        operator.round();
        assertThat(operator.plan().steps()).last().isEqualTo(new Step.Bootstrap("orders-0"));
        assertThat(world.machine(0).gateOpen).isFalse();
    }

    @Test
    void theRuleIsRecordedBeforeItIsInForceAndTheGateOpensOnlyThen() {
        untilRecorded(1);
        assertThat(world.recorded.newestRule())
                .isEqualTo(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 1));
        assertThat(world.machine(0).data.names).isEmpty();
        assertThat(world.machine(0).gateOpen).isFalse();

        List<Step> steps = operator.round().steps();
        assertThat(steps).filteredOn(Step.WriteMark.class::isInstance).hasSize(3);
        assertThat(steps).last().isEqualTo(new Step.SetRule("orders-0", 1, 1, world.recorded.newestRule()));
        assertThat(operator.plan().route()).as("closed").isEmpty();

        world.run();
        assertThat(world.machine(0).gateOpen).isTrue();
        assertThat(operator.plan().route()).contains(world.machine(0).address);
    }

    @Test
    void itEndsWholeAndSettled() {
        operator.settle();
        assertThat(operator.plan().isUnsettled()).isFalse();
        assertThat(world.initialisations).isEqualTo(1);
        assertThat(world.all()).extracting(each -> each.mark.orElseThrow()).containsOnly(new Mark(world.recorded));
        assertThat(world.all())
                .extracting(each -> each.role.orElseThrow())
                .containsExactly(Role.PRIMARY, Role.STANDBY, Role.STANDBY);
        assertThat(world.all())
                .extracting(each -> each.assignment.orElseThrow().deed())
                .containsOnly(Deed.RUN);
        assertThat(Health.acceptsWrites(operator.observe())).isTrue();
    }

    @Test
    void oneInstanceHasARuleThatWaitsForNobody() {
        World single = World.running(1);
        assertThat(single.recorded.rules()).containsExactly(Rule.none("orders-0"));
        assertThat(single.machine(0).gateOpen).isTrue();
    }

    @Test
    void ofTwoInstancesTheStandbyConfirmsEveryCommit() {
        World two = World.running(2);
        assertThat(two.recorded.rules()).containsExactly(new Rule("orders-0", List.of("orders-1/e1"), 1));
    }

    @Test
    void withoutSynchronousReplicationNobodyIsWaitedFor() {
        world.want(3, 0);
        operator.settle();
        assertThat(world.recorded.rules())
                .containsExactly(
                        new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 0, Duration.ofSeconds(10)));
        assertThat(world.machine(0).data.names).isEmpty();
        assertThat(world.machine(0).gateOpen).isTrue();
    }

    private void initialise() {
        operator.round();
        world.statefulSet();
        operator.round();
        world.machine(0).supervise(world);
    }

    private void untilRecorded(long generation) {
        while (world.recorded.ruleGeneration() < generation) {
            operator.round();
            if (world.recorded.ruleGeneration() < generation) {
                world.run();
            }
        }
    }

    private static List<Step.Assign> assigned(List<Step> steps) {
        return steps.stream()
                .filter(Step.Assign.class::isInstance)
                .map(Step.Assign.class::cast)
                .toList();
    }
}
