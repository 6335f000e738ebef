package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A primary whose disk takes no write answers all the same, and its standbys hear it. */
class StalledDiskTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private final World world = World.running(3);
    private final Operator operator = new Operator(world);
    private final Machine old = world.machine(0);

    @Test
    void aShortStallIsWaitedFor() {
        world.stall(old);
        world.commit();
        world.pass(Detection.STALL.minus(MOMENT));
        assertThat(operator.round().steps()).noneMatch(Step.Record.class::isInstance);
        world.thaw(old);
        operator.settle();
        assertThat(world.recorded.epoch()).isEqualTo(1);
        assertThat(old.waiting).as("what hung is confirmed").isEmpty();
    }

    @Test
    void oneThatHasStalledForLongIsReplacedThoughItAnswersAndIsHeard() {
        hasStalled();
        world.all().forEach(world::stream);
        assertThat(operator.plan().steps()).singleElement().isInstanceOfSatisfying(Step.Record.class, step -> {
            assertThat(step.next().phase()).contains(Transition.Phase.Fencing);
            assertThat(step.next().transition().orElseThrow().startedAt())
                    .as("when its disk stalled")
                    .isEqualTo(world.now.minus(Detection.STALL));
            assertThat(step.why()).contains("orders-0 answers, but its disk has stalled", "10 s");
        });
        operator.stalled();
        assertThat(world.recorded.primary()).isNotEqualTo("orders-0");
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.route).contains(world.machine(world.recorded.primary()).address);
    }

    @Test
    void itAcknowledgesNothingWhenItsDiskGoesOnAndBecomesAStandby() {
        hasStalled();
        operator.stalled();
        assertThat(old.leads()).as("nobody could stop it").isTrue();
        world.thaw(old);
        world.commit();
        world.all().forEach(world::stream);
        assertThat(old.waiting).as("what clients still wait for").isNotEmpty();
        operator.settle();
        assertThat(old.receiving).isTrue();
        assertThat(old.data.wal.writes())
                .isEqualTo(world.machine(world.recorded.primary()).data.wal.writes());
    }

    @Test
    void itIsNotTakenBackBeforeItsDiskGoesOn() {
        hasStalled();
        operator.round();
        world.machine(1).losePod();
        world.machine(2).losePod();
        world.pass(Duration.ofMinutes(1));
        assertThat(operator.round().steps()).noneMatch(Step.Record.class::isInstance);
        assertThat(world.recorded.phase()).contains(Transition.Phase.Fencing);
        world.thaw(old);
        operator.round();
        assertThat(world.recorded.transition()).isEmpty();
        assertThat(world.recorded.primary()).isEqualTo("orders-0");
        assertThat(world.recorded.epoch()).isEqualTo(2);
    }

    @Test
    void anElectedWhoseDiskStallsIsReplacedToo() {
        World five = World.running(5);
        Operator one = new Operator(five);
        five.crash(0);
        for (int i = 0; i < 20 && !five.machine(five.recorded.primary()).leads(); i++) {
            one.round();
            five.all().forEach(five::receiverEnds);
            five.all().forEach(five::stream);
        }
        Machine elected = five.machine(five.recorded.primary());
        assertThat(elected.leads()).isTrue();
        five.stall(elected);
        five.pass(Detection.STALL);
        one.stalled();
        assertThat(five.recorded.primary()).isNotEqualTo(elected.name);
        assertThat(five.recorded.transition()).isEmpty();
    }

    @Test
    void whereNobodyCanTakeItsPlaceThatIsSaidAndItIsNotReady() {
        World two = World.running(2);
        two.stall(two.machine(0));
        two.pass(Detection.STALL);
        Operator alone = new Operator(two);
        assertThat(alone.round().waitings())
                .filteredOn(each -> each.reason() == Waiting.Reason.NoSafeCandidate)
                .singleElement()
                .satisfies(each -> assertThat(each.message()).contains("orders-0 answers, but its disk has stalled"));
        assertThat(Health.acceptsWrites(alone.observe())).isFalse();
    }

    @Test
    void whereCommitsWaitForNobodyItIsReplacedOnlyOnceItHasStoppedItself() {
        World alone = new World(3);
        alone.want(3, 0);
        Operator one = new Operator(alone).settle();
        Machine primary = alone.machine(0);
        alone.stall(primary);
        alone.pass(Detection.STALL);
        one.round();
        assertThat(alone.recorded.phase()).contains(Transition.Phase.Fencing);
        Duration patience = SelfFence.patience(alone.recorded);
        while (alone.recorded.phase().equals(Optional.of(Transition.Phase.Fencing))) {
            assertThat(primary.leads() && one.observe().memory().transitionFor().compareTo(patience) >= 0)
                    .as("it serves when another is elected")
                    .isFalse();
            alone.commit();
            alone.pass(Duration.ofSeconds(1));
            one.round();
            alone.all().forEach(alone::receiverEnds);
        }
        assertThat(alone.recorded.primary()).isNotEqualTo("orders-0");
        alone.thaw(primary);
        one.settle();
        assertThat(primary.receiving).isTrue();
    }

    private void hasStalled() {
        world.stall(old);
        world.commit();
        operator.round();
        world.pass(Detection.STALL);
    }
}
