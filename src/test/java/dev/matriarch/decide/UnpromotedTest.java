package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A person accepts a loss, and whoever is elected then is lost before its promotion. orders-6 alone has what orders-0 wrote last, and is away with it: orders-1 is promoted, and orders-2 and
 * orders-3 confirm a commit of its timeline. Those three are away; a person accepts that orders-6 leads, which others confirm, and which is away before it is promoted.
 */
class UnpromotedTest extends ToldCourses {

    @BeforeEach
    void anElectedThatAPersonAcceptedIsLostBeforeItsPromotion() {
        world = World.running(7, 2);
        operator = new Operator(world);
        world.commit();
        world.stream(world.machine(6));
        away(6, 0);
        operator.act(planned("promote orders-1"));
        world.machine(4).linked = false;
        world.machine(5).linked = false;
        operator.settleWaiting();
        rounds(5, Duration.ZERO);
        commitWith(2, 3);
        assertThat(world.acknowledged).isNotEmpty();
        away(1, 2, 3);
        world.machine(4).linked = true;
        world.machine(5).linked = true;
        back(6);
        world.pass(Duration.ofSeconds(10));
        rounds(3, Duration.ofSeconds(4));
        world.ask(remedy().toString());
        planned("promote orders-6");
    }

    @Test
    void whatWasAcceptedToBeLostAndIsBackBeforeAnybodyWasPromotedIsNotLost() {
        away(6);
        back(2, 3);
        for (int i = 0; i < 30 && world.recorded.phase().equals(Optional.of(Transition.Phase.Promoting)); i++) {
            rounds(1, Duration.ofSeconds(2));
        }
        back(6);
        operator.settleWaiting();
        back(IntStream.range(0, 7).toArray());
        operator.settle();
        world.invariants.nothingIsLost(world.machine(world.recorded.primary()));
    }

    @Test
    void whomAPersonNamesNextIsNotPassedOverForWhoFollowedTheUnpromoted() {
        away(6, 4, 5);
        back(2);
        rounds(4, Duration.ofSeconds(4));
        Consent named = remedy();
        assertThat(named.kept().orElseThrow().instance()).isEqualTo("orders-2");
        world.ask(named.toString());
        for (int i = 0; i < 10 && world.recorded.epoch() < 4; i++) {
            operator.round();
        }
        back(4);
        operator.settleWaiting();
        back(IntStream.range(0, 7).toArray());
        operator.settle();
        assertThat(world.recorded.primary()).isNotEqualTo("orders-4");
    }

    private Consent remedy() {
        Plan plan = operator.plan();
        return plan.waitings().stream()
                .flatMap(each -> each.remedy().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is to be accepted: " + plan + "\n" + world));
    }

    private void rounds(int number, Duration between) {
        for (int i = 0; i < number; i++) {
            operator.round();
            move();
            world.pass(between);
        }
    }

    private void away(int... ordinals) {
        for (int ordinal : ordinals) {
            world.cutOff(ordinal);
            world.disconnect(world.machine(ordinal));
        }
    }

    private void back(int... ordinals) {
        for (int ordinal : ordinals) {
            world.machine(ordinal).answers = true;
            world.machine(ordinal).linked = true;
        }
    }
}
