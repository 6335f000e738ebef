package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Assignment.Deed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Standbys that have more than the point where the new primary left their timeline: they can never follow it, and must not count. */
class PartedTest {

    private final World world = World.running(5);
    private final Operator operator = new Operator(world);
    private final Machine ahead = world.machine(4);

    @Test
    void aStandbyThatHasMoreThanTheNewPrimaryRejoinsAtOnce() {
        failOver();
        world.isBack(4);
        operator.rounds(1);
        assertThat(told(ahead)).isEqualTo(Deed.REJOIN);
        theOldPrimaryIsBackToo();
        assertThat(ahead.receiving).isTrue();
        assertThat(ahead.data.wal.timeline()).isEqualTo(3);
    }

    /** {@code state = 'streaming'} alone was seen on one that had diverged. */
    @Test
    void whoStreamsByItsPrimarysWordAloneDoesNotStream() {
        Observation seen = operator.observe();
        Observation diverged = Altered.instance(
                seen, ahead.name, each -> each.withDatabase(each.database().map(said -> Altered.timeline(said, 7))));
        assertThat(seen.streams(seen.instance(ahead.name).orElseThrow())).isTrue();
        assertThat(diverged.streams(diverged.instance(ahead.name).orElseThrow()))
                .isFalse();
    }

    @Test
    void aStandbyThatWasDownIsStartedWithoutAnUpstreamAndComparedFirst() {
        failOver();
        world.disconnect(ahead);
        ahead.losePod();
        world.isBack(4);
        startsAloneAndRejoins();
    }

    /** It was seen, but not on the primary's timeline. */
    @Test
    void aStandbyThatIsMadeAnewBeforeItHasRejoinedIsStartedWithoutAnUpstreamToo() {
        failOver();
        world.isBack(4);
        operator.rounds(1);
        assertThat(told(ahead)).isEqualTo(Deed.REJOIN);
        world.disconnect(ahead);
        ahead.losePod();
        startsAloneAndRejoins();
    }

    @Test
    void aStandbyThatLacksSomethingFollowsWithoutBeingRewound() {
        Machine behind = world.machine(3);
        world.cutOff(3);
        world.commit();
        List.of(1, 2, 4).forEach(each -> world.stream(world.machine(each)));
        world.cutOff(0);
        untilAnotherLeads();
        assertThat(behind.data.wal.timeline()).isEqualTo(1);
        world.isBack(3);
        for (int i = 0; i < 20 && !behind.receiving; i++) {
            operator.rounds(1);
            assertThat(told(behind)).isEqualTo(Deed.RUN);
        }
        assertThat(behind.data.wal.timeline()).isEqualTo(3);
    }

    /** Whoever connects says how far it is, on whatever timeline. */
    @Test
    void itConfirmsNothingOfTheNewTimeline() {
        failOver();
        world.isBack(4);
        List.of(2, 3).forEach(world::cutOff);
        for (int i = 0; i < 20 && told(ahead) != Deed.REJOIN; i++) {
            operator.rounds(1);
            assertThat(world.machine(1).senders).doesNotContainKey("orders-4/e2");
        }
        assertThat(told(ahead)).isEqualTo(Deed.REJOIN);
    }

    @Test
    void oneThatComesBackBeforeThePromotionIsNotPointedToTheElected() {
        onlyAheadHas(20);
        world.cutOff(0);
        world.cutOff(4);
        untilElected();
        world.isBack(4);
        for (int i = 0; i < 30 && !ahead.receiving; i++) {
            operator.rounds(1);
            assertThat(ahead.data.wal.timeline() == 2
                            || world.machine(1).senders.keySet().stream().noneMatch("orders-4/e2"::equals))
                    .as("%s", world)
                    .isTrue();
        }
        theOldPrimaryIsBackToo();
        assertThat(ahead.receiving).isTrue();
    }

    /** Of an operator of before, or by hand. Its walsender is there all the time. */
    @Test
    void oneThatWasPointedToItAllTheSameIsFoundThoughItConnects() {
        failOver();
        world.isBack(4);
        operator.act(new Step.Follow("orders-4", "orders-1", 2));
        world.stream(ahead);
        world.stream(ahead);
        assertThat(world.machine(1).senders.get("orders-4/e2").ended).isTrue();
        operator.rounds(1);
        assertThat(told(ahead)).isEqualTo(Deed.REJOIN);
        theOldPrimaryIsBackToo();
        assertThat(ahead.receiving).isTrue();
    }

    @Test
    void whatItsControlFileSaysIsComparedWhileItDoesNotRun() {
        failOver();
        world.disconnect(ahead);
        ahead.crash();
        ahead.assignment = Optional.of(Assignment.follow(world.recorded));
        ahead.data.checkpoint = ahead.data.position();
        ahead.answers = true;
        operator.round();
        assertThat(told(ahead)).isEqualTo(Deed.REJOIN);
    }

    /** The primary is lost, and the one with writes that only it has received. */
    private void failOver() {
        onlyAheadHas(20);
        world.cutOff(0);
        world.cutOff(4);
        untilAnotherLeads();
    }

    private void untilAnotherLeads() {
        world.pass(Detection.HEARD);
        for (int i = 0; i < 40 && world.recorded.lastTransition().isEmpty(); i++) {
            operator.rounds(1);
        }
        assertThat(world.recorded.primary()).isNotEqualTo("orders-0");
        assertThat(world.recorded.transition()).isEmpty();
    }

    private void theOldPrimaryIsBackToo() {
        world.isBack(0);
        operator.settle();
    }

    private void onlyAheadHas(int commits) {
        for (int i = 0; i < commits; i++) {
            world.commit();
        }
        world.stream(ahead);
    }

    private void untilElected() {
        for (int i = 0; i < 40 && world.recorded.primary().equals("orders-0"); i++) {
            operator.round();
            world.all().forEach(world::receiverEnds);
            world.pass(Duration.ofMillis(500));
        }
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
    }

    private void startsAloneAndRejoins() {
        world.statefulSet();
        operator.rounds(1);
        assertThat(ahead.assignment).contains(Assignment.await(world.recorded));
        neverConnectsBefore(Deed.REJOIN);
        theOldPrimaryIsBackToo();
        assertThat(ahead.receiving).isTrue();
    }

    private void neverConnectsBefore(Deed deed) {
        for (int i = 0; i < 20 && told(ahead) != deed; i++) {
            operator.rounds(1);
            assertThat(world.machine(1).senders).as("%s", world).doesNotContainKey("orders-4/e2");
        }
        assertThat(told(ahead)).isEqualTo(deed);
    }

    private static Deed told(Machine machine) {
        return machine.assignment.orElseThrow().deed();
    }
}
