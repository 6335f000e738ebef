package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Promotions by hand, to timelines whose numbers mislead. */
class PromotedByHandTest extends ToldCourses {

    /**
     * orders-6 is promoted by hand, to timeline 2, as orders-0 is lost; so orders-1 gets timeline 4, and is away before it writes anything. orders-2 is elected, and promoted by hand before the operator does it, to timeline 2.
     * What it writes there orders-3, orders-4 and orders-5 confirm. Then orders-1 is needed to close the fence, has all that orders-2 had when it was elected, and is on the higher timeline.
     */
    @Test
    void whoHasWhatWasAcknowledgedLastIsElectedThoughItsTimelineHasASmallerNumber() {
        world = World.running(7);
        operator = new Operator(world);
        world.disconnect(world.machine(6));
        world.machine(6).promoteByHand();
        world.cutOff(0);
        Step promotion = planned("promote orders-1 e2");
        assertThat(world.recorded.timeline()).isEqualTo(4);
        world.cutOff(6);
        operator.act(promotion);
        world.cutOff(1);
        planned("promote orders-2 e3");
        world.machine(2).promoteByHand();
        roundsUntil(() -> world.recorded.timeline() == 2);
        assertThat(world.recorded.timelines()).last().isEqualTo(timelineOfTheThirdEpoch(2));
        commitWith(3, 4, 5);
        assertThat(world.acknowledged).isNotEmpty();
        assertThat(world.recorded.transition()).as("its rule has not settled").isPresent();
        world.cutOff(2);
        world.isBack(1);
        operator.settleWaiting();
        assertThat(world.recorded.epoch()).isEqualTo(4);
        assertThat(world.recorded.primary()).isEqualTo("orders-3");
        assertThat(world.recorded.timelines())
                .extracting(Protocol.EpochTimeline::timeline)
                .as("%s", world)
                .doesNotHaveDuplicates();
        world.invariants.nothingIsLost(world.machine(3));
        everybodyIsBack();
    }

    /**
     * orders-1 is promoted, orders-2 and orders-3 confirm what it writes, and it is lost. orders-0, which led before, comes back as a standby, is detached, and promoted by hand: to a
     * timeline of its own, of the same number, on which it writes more. orders-2 is elected, and lost before its promotion. Were orders-0 made a standby that counts, it would look like one that has most.
     */
    @Test
    void aFormerPrimaryThatWasPromotedByHandIsNoStandbyThatCounts() {
        world = World.running(5);
        operator = new Operator(world);
        world.crash(0);
        world.cutOff(0);
        operator.act(planned("promote orders-1 e2"));
        commitWith(2, 3);
        assertThat(world.acknowledged).isNotEmpty();
        world.cutOff(1);
        world.cutOff(4);
        world.isBack(0);
        planned("record e3");
        roundsUntil(() -> world.machine(0).data.epoch == 3);
        assertThat(world.machine(0).data.standby).isTrue();
        world.machine(0).data.upstream = "";
        world.machine(0).promote(world.recorded.timeline()); // by hand, as one that knows of the timeline before
        for (int i = 0; i < 20; i++) {
            world.commit();
        }
        world.isBack(4);
        planned("promote orders-2 e3");
        world.cutOff(2);
        operator.rounds(30);
        assertThat(world.machine(0).leads()).as("%s", world).isTrue();
        assertThat(world.recorded.primary()).isEqualTo("orders-2");
        everybodyIsBack();
    }

    /** Two that are elected one after the other are promoted by hand, to the same timeline: only the first one leads on that. */
    @Test
    void anElectedThatWasPromotedByHandToTheTimelineOfAnotherDoesNotLead() {
        world = World.running(5);
        operator = new Operator(world);
        world.cutOff(0);
        planned("promote orders-1 e2");
        world.machine(1).promoteByHand();
        roundsUntil(() -> world.recorded.timeline() == 2);
        world.cutOff(1);
        planned("promote orders-2 e3");
        world.machine(2).promoteByHand();
        assertThat(world.machine(2).data.wal.timeline()).isEqualTo(2);
        operator.rounds(5);
        assertThat(world.recorded.epoch()).as("%s", world).isEqualTo(4);
        assertThat(world.recorded.timeline()).isNotEqualTo(2);
        everybodyIsBack();
    }

    /** The PgCluster is deleted before its elected is promoted, and made again: whoever promotes that one then by hand has it lead on another timeline than was meant for it. */
    @Test
    void anElectedThatIsPromotedByHandAfterThePgClusterWasMadeAgainLeads() {
        world = World.running(3);
        operator = new Operator(world);
        world.cutOff(0);
        planned("promote orders-1 e2");
        world.machine(1).mark = Optional.of(new Mark(world.recorded));
        world.delete();
        operator.round();
        world.statefulSet();
        operator.act(planned("assign orders-1: run standby e3"));
        world.machine(1).supervise(world);
        assertThat(world.machine(1).up).as("%s", world).isTrue();
        world.machine(1).promoteByHand();
        everybodyIsBack();
        assertThat(world.recorded.primary()).as("%s", world).isEqualTo("orders-1");
        assertThat(world.recorded.timeline()).isEqualTo(2);
    }

    /** The same of one that was no primary before, and is stopped: its Pod is deleted, say. Its supervisor does not make it a standby without comparing it with another. */
    @Test
    void whoWasPromotedByHandAndStoppedIsNoStandbyThatCounts() {
        world = World.running(5);
        operator = new Operator(world);
        world.crash(0);
        world.cutOff(0);
        operator.act(planned("promote orders-1 e2"));
        commitWith(2, 3);
        assertThat(world.acknowledged).isNotEmpty();
        world.disconnect(world.machine(4));
        world.machine(4).promoteByHand();
        assertThat(world.machine(4).data.wal.timeline()).isEqualTo(2);
        for (int i = 0; i < 20; i++) {
            world.commit();
        }
        world.machine(4).beginToStop();
        List.of(1, 3).forEach(world::cutOff);
        world.isBack(0);
        operator.rounds(30);
        assertThat(world.machine(0).data.standby).as("%s", world).isTrue();
        assertThat(world.machine(4).refused).isEqualTo("was-primary");
        assertThat(world.recorded.epoch()).isEqualTo(2);
        world.isBack(3);
        operator.rounds(10);
        assertThat(world.recorded.primary()).isIn("orders-2", "orders-3");
        everybodyIsBack();
    }

    /**
     * orders-2, orders-3 and orders-4 confirm a commit, and orders-0 and orders-2 are lost. Somebody promotes orders-3, and has orders-4 follow it. Of the others none has the commit: by their number they
     * would close the fence with orders-4, whose timeline nobody knows.
     */
    @Test
    void whoIsOnATimelineThatIsNotOnRecordDoesNotCount() {
        world = World.running(7);
        operator = new Operator(world);
        commitWith(2, 3, 4);
        assertThat(world.acknowledged).isNotEmpty();
        List.of(0, 2).forEach(world::cutOff);
        Machine byHand = world.machine(3);
        Machine astray = world.machine(4);
        List.of(byHand, astray).forEach(world::disconnect);
        byHand.promoteByHand();
        byHand.data.slots.add("orders_4");
        astray.data.upstream = byHand.name;
        world.stream(astray);
        assertThat(astray.data.wal.timeline()).isEqualTo(2);
        operator.rounds(30);
        assertThat(world.recorded.primary()).as("%s", world).isEqualTo("orders-0");
        assertThat(operator.plan().waitings())
                .extracting(Waiting::message)
                .anyMatch(each -> each.contains("only orders-1, orders-5, orders-6 answer;")
                        && each.contains("orders-4 is on timeline 2, of somebody who was promoted by hand"));
        everybodyIsBack();
    }

    /**
     * orders-5 and orders-6 are out of sight. There somebody promotes the one, has the other follow it, and much is written. Meanwhile orders-1 is elected, and others confirm what it writes. Then it is lost, and
     * orders-6 is back: it counts for nothing, as no elected is ever given the number of its timeline.
     */
    @Test
    void whoFollowsOneThatWasPromotedByHandOutOfSightDoesNotCount() {
        world = World.running(7);
        operator = new Operator(world);
        Machine byHand = world.machine(5);
        Machine astray = world.machine(6);
        List.of(byHand, astray).forEach(world::disconnect);
        byHand.promoteByHand();
        byHand.data.write(20);
        byHand.data.slots.add("orders_6");
        astray.data.upstream = byHand.name;
        world.stream(astray);
        List.of(5, 6).forEach(world::cutOff);
        world.cutOff(0);
        operator.act(planned("promote orders-1 e2"));
        commitWith(2, 3, 4);
        assertThat(world.acknowledged).isNotEmpty();
        world.cutOff(1);
        astray.answers = true;
        assertThat(operator.settleWaiting())
                .extracting(Waiting::message)
                .anyMatch(each -> each.contains("only orders-2, orders-3, orders-4 answer;")
                        && each.contains("orders-6 is on timeline 2, of somebody who was promoted by hand"));
        assertThat(world.recorded.primary()).isEqualTo("orders-1");
        everybodyIsBack();
    }

    /** By that it is told from who was promoted by the operator. */
    @Test
    void theSupervisorWritesBeforeItStartsAStandbyForWhomItsCommitsWouldWait() {
        assertThat(Path.of("src/main/resources/supervisor/supervisor.sh"))
                .content()
                .contains("nobody='" + Rule.OF_STANDBYS + "'");
        assertThat(Machine.Data.NOBODY.synchronousStandbyNames()).isEqualTo(Rule.OF_STANDBYS);
    }

    private void roundsUntil(BooleanSupplier seen) {
        for (int i = 0; i < 20 && !seen.getAsBoolean(); i++) {
            operator.round();
        }
        assertThat(seen.getAsBoolean()).as("%s", world).isTrue();
    }

    private void everybodyIsBack() {
        for (int ordinal = 0; ordinal < world.intent.instances(); ordinal++) {
            world.isBack(ordinal);
        }
        operator.settle();
        world.invariants.nothingIsLost(world.machine(world.recorded.primary()));
    }

    private Protocol.EpochTimeline timelineOfTheThirdEpoch(long actual) {
        return world.recorded.timelines().stream()
                .filter(each -> each.epoch() == 3)
                .findFirst()
                .map(reserved -> new Protocol.EpochTimeline(3, actual, reserved.parent(), reserved.fork()))
                .orElseThrow();
    }
}
