package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** More and fewer instances. */
class ScalingTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void fromThreeToFiveToThreeToOne() {
        world.want(5);
        operator.settle();
        assertThat(world.recorded.rules()).containsExactly(rule(2, 1, 2, 3, 4));

        world.want(3);
        operator.settle();
        assertThat(world.recorded.rules()).containsExactly(rule(1, 1, 2));
        assertThat(world.machine(0).data.slots).containsExactly("orders_1", "orders_2");
        assertThat(world.machine(4).uid).isEmpty();

        world.want(1);
        operator.settle();
        assertThat(world.recorded.rules()).containsExactly(Rule.none("orders-0"));
        assertThat(world.machine(0).data.slots).isEmpty();
        assertThat(world.machine(1).claim).as("volumes stay").isTrue();
    }

    @Test
    void moreAreWaitedForOnlyOnceOneOfThemCanBeMissed() {
        world.want(5);
        for (int i = 0; i < 6; i++) {
            operator.round();
            disconnectThoseThatAreNew();
            world.run();
            disconnectThoseThatAreNew();
        }
        assertThat(world.recorded.rules()).as("two stream").containsExactly(rule(1, 1, 2));
        while (world.recorded.newestRule().required() == 1) {
            operator.round();
            world.run();
        }
        assertThat(world.recorded.newestRule().members()).hasSizeGreaterThan(2);
        operator.settle();
        assertThat(world.recorded.rules()).containsExactly(rule(2, 1, 2, 3, 4));
    }

    private void disconnectThoseThatAreNew() {
        world.disconnect(world.machine(3));
        world.disconnect(world.machine(4));
    }

    @Test
    void theRuleIsLeftBeforeThePodsGo() {
        world.want(5);
        operator.settle();
        world.want(3);
        while (world.recorded.rules().size() != 1
                || world.recorded.newestRule().members().size() != 2) {
            assertThat(operator.plan().replicas()).isEqualTo(5);
            assertThat(operator.plan().waitings()).extracting(Waiting::reason).contains(Waiting.Reason.ScalingIn);
            operator.round();
            world.run();
        }
        assertThat(operator.plan().replicas()).isEqualTo(3);
    }

    @Test
    void aStatefulSetThatSomebodyScaledIsPutBack() {
        world.replicas = 1;
        assertThat(operator.plan().replicas()).isEqualTo(3);
        world.replicas = 7;
        assertThat(operator.plan().replicas()).isEqualTo(3);
    }

    @Test
    void thePrimaryIsNotRemoved() {
        lead(2);
        world.want(1);
        assertThat(operator.plan().replicas()).isEqualTo(3);
        assertThat(operator.plan().waitings())
                .extracting(Waiting::reason)
                .contains(Waiting.Reason.ScaleInNeedsSwitchover);
    }

    @Test
    void afterAHibernationAllComeBackThatTheRecordKnows() {
        lead(2);
        world.hibernate(true);
        assertThat(operator.plan().replicas()).isZero();
        world.replicas = 0;
        world.want(1);
        assertThat(operator.plan().replicas()).as("the primary is orders-2").isEqualTo(3);
    }

    @Test
    void whileTheNewInstancesAreCopiedWritesGoOnWithTheOldRuleIfTheNewOneCouldNotBeMet() {
        world.disconnect(world.machine(2));
        world.machine(2).losePod();
        world.want(5);
        assertThat(operator.plan().steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(Health.acceptsWrites(operator.observe())).isTrue();
    }

    @Test
    void theSlotsOfRemovedInstancesGoWithThem() {
        world.want(5);
        operator.settle();
        assertThat(world.machine(0).data.slots).hasSize(4);
        world.want(4);
        operator.settle();
        assertThat(world.machine(0).data.slots).containsExactly("orders_1", "orders_2", "orders_3");
    }

    @Test
    void slotsOfOthersAreLeftAlone() {
        world.machine(0).data.slots.addAll(List.of("orders_backup", "ordersx_7", "orders_9"));
        assertThat(operator.plan().steps()).containsExactly(new Step.DropSlot("orders-0", "orders_9"));
    }

    @Test
    void aHibernatedClusterIsStoppedAndLeadsNowhere() {
        world.hibernate(true);
        List<Waiting> waitings = operator.settleWaiting();
        assertThat(waitings).isEmpty();
        assertThat(world.all()).noneMatch(each -> each.uid.isPresent());
        assertThat(world.route).as("the address may be given to any other Pod").isEmpty();

        world.hibernate(false);
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(1);
        assertThat(world.machine(0).gateOpen).isTrue();
        assertThat(world.route).contains(world.machine(0).address);
    }

    @Test
    void whoIsToConfirmWhatTheElectedHasComesBackThoughOneThatHadNotHeardOfItRemovedIt() {
        world.want(5);
        operator.settle();
        world.want(1);
        world.crash(0);
        operator.until(Transition.Phase.Promoting);
        world.replicas = 0;
        world.statefulSet();

        operator.settle();
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.replicas).as("that has ended, and it is scaled in").isEqualTo(1);
    }

    /** Another instance leads, as after a failover. */
    private void lead(int ordinal) {
        Protocol was = world.recorded;
        world.recorded = new Protocol(
                2,
                "orders-" + ordinal,
                was.systemIdentifier(),
                1,
                was.ruleGeneration() + 1,
                List.of(),
                was.timelines());
    }

    private static Rule rule(int required, int... members) {
        return new Rule(
                "orders-0",
                java.util.Arrays.stream(members)
                        .mapToObj(ordinal -> Names.standby("orders-" + ordinal, 1))
                        .toList(),
                required);
    }
}
