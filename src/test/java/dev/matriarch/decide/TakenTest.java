package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether instances show that they have taken what they were told. */
class TakenTest {

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);

    @Test
    void inAWholeClusterAllHave() {
        operator.settle();
        assertThat(operator.observe().instances()).allMatch(TakenTest::hasTakenItsWords);
    }

    @Test
    void soTheyHaveAfterAFailoverWithTheOldPrimaryBack() {
        world.crash(0);
        for (int i = 0; i < 20 && "orders-0".equals(world.recorded.primary()); i++) {
            operator.round();
            world.run();
        }
        operator.settle();
        assertThat(world.recorded.primary()).isNotEqualTo("orders-0");
        assertThat(operator.observe().instances()).allMatch(TakenTest::hasTakenItsWords);
    }

    @Test
    void aPrimaryThatIsToldToRejoinHasNotWhileItLeads() {
        operator.settle();
        Instance primary = operator.observe().instance("orders-0").orElseThrow();
        assertThat(primary.hasTaken(Assignment.lead(world.recorded))).isTrue();
        assertThat(primary.hasTaken(Assignment.rejoin(world.recorded))).isFalse();
        assertThat(primary.hasTaken(Assignment.stop(world.recorded))).isFalse();
    }

    @Test
    void aStandbyHasNotTakenWordsOfALaterEpoch() {
        operator.settle();
        Instance standby = operator.observe().instance("orders-1").orElseThrow();
        Assignment told = Assignment.follow(world.recorded);
        Assignment later =
                new Assignment(told.epoch() + 1, told.deed(), told.role(), told.upstream(), told.systemIdentifier());
        assertThat(standby.hasTaken(told)).isTrue();
        assertThat(standby.hasTaken(later)).isFalse();
    }

    @Test
    void oneThatDoesNotAnswerIsBelievedByItsLastReport() {
        operator.settle();
        Instance standby = operator.observe().instance("orders-1").orElseThrow();
        Assignment told = Assignment.copy(world.recorded);
        assertThat(silent(standby, "clone", told.epoch()).hasTaken(told)).isTrue();
        assertThat(silent(standby, "clone", told.epoch() - 1).hasTaken(told)).isFalse();
        assertThat(silent(standby, "run", told.epoch()).hasTaken(told)).isFalse();
        assertThat(silent(standby, "", 0).hasTaken(told)).isFalse();
    }

    private static Instance silent(Instance instance, String deed, long epoch) {
        return new Instance(
                instance.name(),
                instance.pod(),
                instance.mark(),
                Optional.of(new Instance.Report("waiting", deed, epoch, "data", "", "")),
                Instance.Contact.REFUSED,
                Optional.empty());
    }

    private static boolean hasTakenItsWords(Instance instance) {
        return instance.hasTaken(instance.pod().orElseThrow().assignment().orElseThrow());
    }
}
