package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Assignment.Deed;
import dev.matriarch.decide.Assignment.Role;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Volumes that are lost, empty, foreign, or of no use any more; Pods that are replaced. */
class LostDataTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void aStandbyWhoseClaimIsLostLeavesTheRuleBeforeItIsCopied() {
        world.disconnect(world.machine(1));
        world.machine(1).loseClaim();
        world.statefulSet();
        while (world.recorded.newestRule().hasMember("orders-1")
                || world.recorded.rules().size() > 1) {
            operator.round();
            assertThat(world.machine(1).assignment.map(Assignment::deed)).isNotEqualTo(Optional.of(Deed.CLONE));
            world.run();
        }
        operator.round();
        assertThat(world.machine(1).assignment).contains(Assignment.copy(world.recorded));
        operator.settle();
        assertThat(world.recorded.newestRule().hasMember("orders-1")).isTrue();
    }

    @Test
    void aStandbyThatFindsItsVolumeEmptyLeavesTheRuleBeforeItIsCopied() {
        world.disconnect(world.machine(1));
        world.machine(1).loseData();
        world.machine(1).supervise(world);
        assertThat(world.machine(1).refused).isEqualTo("empty");
        operator.round();
        assertThat(world.machine(1).assignment.orElseThrow().deed()).isEqualTo(Deed.RUN);
        assertThat(world.recorded.newestRule().hasMember("orders-1")).isFalse();
        operator.settle();
        assertThat(world.machine(1).up).isTrue();
        assertThat(world.initialisations).isEqualTo(1);
    }

    @Test
    void aStandbyWhoseDataIsDamagedLeavesTheRuleBeforeItIsCopied() {
        world.disconnect(world.machine(1));
        world.machine(1).damage();
        world.machine(1).supervise(world);
        assertThat(world.machine(1).refused).isEqualTo("damaged");
        assertThat(operator.plan().waitings()).extracting(Waiting::message).anySatisfy(said -> assertThat(said)
                .startsWith("orders-1: its data is damaged. It is copied anew from the primary."));
        operator.round();
        assertThat(world.machine(1).assignment.orElseThrow().deed()).isEqualTo(Deed.RUN);
        assertThat(world.recorded.newestRule().hasMember("orders-1")).isFalse();
        operator.settle();
        assertThat(world.machine(1).receiving).isTrue();
    }

    @Test
    void aPrimaryWhoseDataIsDamagedIsReplacedAndCopied() {
        world.machine(0).damage();
        operator.settle();
        assertThat(world.recorded.primary()).isNotEqualTo("orders-0");
        assertThat(world.machine(0).receiving).isTrue();
        assertThat(world.initialisations).isEqualTo(1);
    }

    @Test
    void oneThatWasCopiedTooLateIsToldSomethingElseAndThenCopiedAgain() {
        Machine late = world.machine(1);
        world.disconnect(late);
        late.losePod();
        world.pass(RuleChange.PATIENCE);
        world.statefulSet();
        operator.round();
        late.supervise(world);
        world.machine(0).data.write(10);
        world.machine(0).data.oldestWal = world.machine(0).data.position();
        copiedTooLate(late);
        assertThat(told(late)).isEqualTo(Deed.RUN);
        for (int i = 0; i < 10 && told(late) == Deed.RUN; i++) {
            world.stream(world.machine(2));
            operator.round();
        }
        assertThat(told(late)).as("in words that are news to it").isEqualTo(Deed.CLONE);
        operator.settle();
        assertThat(late.receiving).isTrue();
    }

    /** The copy is made, and before the instance connects its WAL is removed too. */
    private void copiedTooLate(Machine late) {
        for (int i = 0; i < 10 && late.cloned == null; i++) {
            operator.round();
            late.supervise(world);
        }
        world.machine(0).data.write(10);
        world.machine(0).data.oldestWal = world.machine(0).data.position();
        operator.round();
    }

    private static Deed told(Machine machine) {
        return machine.assignment.orElseThrow().deed();
    }

    @Test
    void whenTheOthersAreNotEnoughItIsCopiedAsSoonAsItSaysThatItHasNothingAndWritesWaitForIt() {
        for (int ordinal : new int[] {1, 2}) {
            world.disconnect(world.machine(ordinal));
            world.machine(ordinal).loseClaim();
        }
        Invariants.forgive(world);
        world.statefulSet();
        operator.round();
        world.machine(1).supervise(world);
        assertThat(world.machine(1).refused).isEqualTo("empty");
        operator.round();
        assertThat(world.machine(1).assignment).contains(Assignment.copy(world.recorded));
        assertThat(world.recorded.rules()).hasSize(1);
        operator.settle();
    }

    @Test
    void aStandbyThatThePrimaryHasNoWalForLeavesTheRuleAndIsCopied() {
        world.disconnect(world.machine(2));
        world.machine(2).losePod();
        world.commit();
        world.machine(0).data.oldestWal = world.machine(0).data.position();
        operator.settle();
        assertThat(world.machine(2).receiving).isTrue();
        assertThat(world.machine(2).data.position()).isGreaterThan(world.machine(0).data.oldestWal - 1);
    }

    @Test
    void theClusterIsNeverInitialisedAgainWhateverIsMissing() {
        world.machine(0).loseClaim();
        operator.settle();
        assertThat(world.initialisations).isEqualTo(1);
        assertThat(world.recorded.primary()).as("who has the data").isNotEqualTo("orders-0");
        assertThat(world.machine(0).receiving).as("copied from there").isTrue();
    }

    @Test
    void aPrimaryWithoutDataAndWithoutStandbysIsNotInitialisedEither() {
        World alone = World.running(1);
        alone.machine(0).loseClaim();
        assertThat(new Operator(alone).settleWaiting())
                .extracting(Waiting::reason)
                .contains(Waiting.Reason.VolumeRefused);
        assertThat(alone.machine(0).refused).isEqualTo("empty");
        assertThat(alone.initialisations).isEqualTo(1);
    }

    @Test
    void aFormerPrimaryIsCopied() {
        world.disconnect(world.machine(1));
        world.machine(1).crash();
        world.machine(1).data.standby = false;
        operator.settle();
        assertThat(world.machine(1).data.standby).isTrue();
    }

    @Test
    void anInstanceThatLeadsUnexpectedlyIsNotRoutedToAndBecomesAStandbyAgain() {
        world.disconnect(world.machine(1));
        world.machine(1).promote(2);
        world.machine(1).gateOpen = false; // by hand, so no rule holds its commits back
        world.machine(1).data.write(3);
        Plan plan = operator.round();
        assertThat(plan.waitings()).extracting(Waiting::reason).contains(Waiting.Reason.UnexpectedPrimary);
        assertThat(told(world.machine(1))).isEqualTo(Deed.REJOIN);
        assertThat(world.machine(1).role).isEmpty();
        assertThat(world.route).contains(world.machine(0).address);
        operator.settle();
        assertThat(world.machine(1).receiving).isTrue();
        assertThat(told(world.machine(1))).isEqualTo(Deed.RUN);
    }

    @Test
    void aReplacedPodIsToldWhatTheOldOneWas() {
        world.disconnect(world.machine(1));
        world.machine(1).losePod();
        world.statefulSet();
        assertThat(operator.plan().steps())
                .contains(new Step.Assign(
                        "orders-1",
                        world.machine(1).uid.orElseThrow(),
                        Optional.empty(),
                        Assignment.follow(world.recorded)));
        operator.settle();
        assertThat(world.machine(1).role).contains(Role.STANDBY);
    }

    @Test
    void aPodThatIsBeingDeletedIsToldNothing() {
        Instance terminating = withPod(world.machine(1).seen(world.now, Mutant.NONE), true);
        world.machine(1).assignment = Optional.empty();
        Observation seen = operator.observe();
        Observation deleting = new Observation(
                seen.protocol(),
                seen.instances().stream()
                        .map(each -> each.name().equals("orders-1") ? terminating : each)
                        .toList(),
                seen.replicas(),
                seen.route(),
                seen.memory());
        assertThat(Decision.decide(world.intent, deleting, world.now).steps())
                .noneMatch(Step.Assign.class::isInstance)
                .noneMatch(Step.Label.class::isInstance);
    }

    private static Instance withPod(Instance instance, boolean terminating) {
        Instance.Pod pod = instance.pod().orElseThrow();
        return new Instance(
                instance.name(),
                Optional.of(new Instance.Pod(
                        pod.uid(),
                        pod.address(),
                        pod.node(),
                        terminating,
                        Optional.empty(),
                        pod.role(),
                        false,
                        "",
                        false)),
                instance.mark(),
                instance.report(),
                instance.contact(),
                instance.database());
    }
}
