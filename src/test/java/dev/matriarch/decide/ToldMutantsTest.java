package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * What happens without a rule of the protocol, told course by course: those that take so many things at once that random courses seldom meet them, see
 * {@link MutantsTest}. Each course is told twice. Without the rule it violates safety; with it nothing is lost and the cluster becomes whole.
 */
class ToldMutantsTest extends ToldCourses {

    /**
     * In epoch 2 orders-1 leads, and an operator sleeps over having orders-2 follow it. In epoch 3 orders-2 is detached, and has confirmed what orders-0 has,
     * which is about to be promoted. The operator wakes up: orders-2 confirms a commit of orders-1, which orders-0 never has.
     */
    @Test
    void aStandbyFollowsInAnEpochThatHasPassed() {
        tell(Mutant.LATE_FOLLOW, 3, "orders-0 leads and does not have the acknowledged commits", () -> {
            world.crash(0);
            Step late = planned("have orders-2 follow orders-1 e2");
            operator.settle();
            world.cutOff(1);
            Step promotion = planned("promote orders-0 e3");
            operator.act(late);
            world.machine(1).linked = true;
            commitWith(2);
            operator.act(promotion);
        });
    }

    /**
     * In epoch 2 orders-1 is elected, and an operator sleeps over its promotion; orders-2 follows it. Then both are out of reach, and only orders-1 comes back. In
     * epoch 3 the rule of orders-1 is fenced because orders-1 itself is detached: no rule asks for orders-2. The operator wakes up: orders-1 is promoted after
     * all, and orders-2, still in epoch 2, confirms a commit that orders-0, about to be promoted, never has.
     */
    @Test
    void anElectedOfAnEpochThatHasPassedIsPromoted() {
        tell(Mutant.LATE_PROMOTION, 3, "orders-0 leads and does not have the acknowledged commits", () -> {
            Step late = electedAndFollowed();
            Step promotion = planned("promote orders-0 e3");
            operator.act(late);
            commitWith(2);
            operator.act(promotion);
        });
    }

    /** orders-1 is promoted, and a commit is acknowledged by orders-2. Before any mark says so the PgCluster is deleted: the marks know of orders-0 alone. */
    @Test
    void whatWasAcknowledgedBeforeAnyMarkIsForgottenWithTheStatus() {
        tell(Mutant.PROMOTED_UNMARKED, 3, "commit 5 is acknowledged, and no rule on record guards it", () -> {
            world.crash(0);
            operator.act(planned("promote orders-1 e2"));
            commitWith(2);
            assertThat(world.acknowledged).isNotEmpty();
            world.delete();
        });
    }

    /** As before, but nobody sleeps: a person promotes orders-1, which is detached in epoch 3 and still has the rule under which it was to lead. */
    @Test
    void anElectedOfAnEpochThatHasPassedIsPromotedByHand() {
        tell(Mutant.RULE_KEPT, 3, "orders-0 leads and does not have the acknowledged commits", () -> {
            electedAndFollowed();
            Step promotion = planned("promote orders-0 e3");
            world.disconnect(world.machine(1));
            world.machine(1).promoteByHand();
            commitWith(2);
            operator.act(promotion);
        });
    }

    /**
     * orders-3 alone has what orders-0 wrote last, and is away: orders-1 is promoted without that, writes what nobody gets, and is away in its turn. orders-3 is back, is promoted, and shows what it
     * has, as orders-2 and orders-4 have it too. Before those get anything of its timeline it is lost, and orders-1 is back, whose timeline is higher than theirs.
     */
    @Test
    void whoWasPassedOverAsItWasAwayComesBackOnAHigherTimeline() {
        tell(Mutant.PASSED_OVER_ELECTED, 5, "is acknowledged, and no rule on record guards it", () -> {
            commitWith(3);
            world.cutOff(3);
            world.cutOff(0);
            operator.act(planned("promote orders-1 e2"));
            world.commit();
            world.cutOff(1);
            world.isBack(3);
            operator.act(planned("promote orders-3 e3"));
            world.cutOff(3);
            world.isBack(1);
        });
    }

    private Step electedAndFollowed() {
        world.crash(0);
        planned("have orders-2 follow orders-1 e2");
        operator.round();
        world.cutOff(2);
        Step promotion = planned("promote orders-1 e2");
        world.isBack(2);
        world.cutOff(1);
        planned("detach orders-2 e3");
        world.machine(2).answers = false;
        world.isBack(1);
        return promotion;
    }

    /** The walreceiver of orders-2 has yet to end when its position is compared: it brings and confirms one more commit, and orders-1 is elected without it. */
    @Test
    void aWalreceiverThatStillEndsConfirms() {
        tell(Mutant.DETACH_RACE, 3, "is acknowledged, and no rule on record guards it", () -> {
            world.cutOff(0);
            operator.round();
            world.pass(Detection.HEARD);
            operator.round();
            operator.round();
            world.receiverEnds(world.machine(1));
            operator.round();
            world.machine(0).linked = true;
            commitWith(2);
            world.receiverEnds(world.machine(2));
        });
    }

    /**
     * orders-2 has confirmed what orders-1 has, which is about to be promoted, and crashes. What its Pod was told last is of epoch 1: it comes up as a standby of orders-0,
     * and confirms a commit that orders-1 never has.
     */
    @Test
    void aStandbyIsRestartedByAnOldAssignment() {
        tell(Mutant.STALE_ASSIGNMENT, 3, "orders-1 leads and does not have the acknowledged commits", () -> {
            world.cutOff(0);
            Step promotion = planned("promote orders-1 e2");
            world.machine(2).crash();
            world.machine(2).supervise(world);
            world.machine(0).linked = true;
            commitWith(2);
            operator.act(promotion);
        });
    }

    /**
     * orders-1 was promoted and is cut off with a commit that nobody else has; then orders-2 is promoted to the timeline of the same number, and commits at the same
     * position. When orders-1 comes back it looks like a standby that has this commit, and confirms it.
     */
    @Test
    void twoAreOnOneTimeline() {
        tell(Mutant.TIMELINE_COLLISION, 5, "which only 2 hold", () -> {
            world.cutOff(0);
            operator.act(planned("promote orders-1 e2"));
            world.commit();
            world.cutOff(1);
            operator.act(planned("promote orders-2 e3"));
            world.commit();
            world.cutOff(4);
            world.isBack(1);
        });
    }

    /**
     * An operator sleeps over putting in force that one of four confirms. Then two of four are wanted, it is settled, and a failover needs three to be detached. The operator
     * wakes up: from now on the one that was not detached can be the only one that has a commit.
     */
    @Test
    void anOlderRuleComesBack() {
        tell(Mutant.NO_GENERATION, 5, "orders-0 has a rule in force that is not on record", () -> {
            world.want(5, 1);
            Step late = planned("set rule of orders-0 e1 g2: 1 of");
            operator.settle();
            world.want(5, 2);
            operator.settle();
            operator.act(late);
        });
    }

    /**
     * orders-4 has much that nobody confirmed, on the timeline that orders-1 left, and has removed what others would need to follow it. By its position alone it is
     * elected; orders-2 and orders-3, which have all that orders-1 acknowledged, are copied from it.
     */
    @Test
    void whoHasMostOfAnOldTimelineIsElected() {
        tell(Mutant.LSN_ACROSS_TIMELINES, 5, "is acknowledged, and no rule on record guards it", () -> {
            for (int i = 0; i < 500; i++) {
                world.commit();
            }
            world.stream(world.machine(4));
            world.cutOff(0);
            world.cutOff(4);
            operator.settleWaiting();
            assertThat(world.recorded.primary()).isEqualTo("orders-1");
            world.machine(4).data.oldestWal = world.machine(4).data.position();
            world.cutOff(1);
            world.isBack(4);
        });
    }

    /**
     * From two of four to two of three. The walsender of orders-3 takes the rule late: by the old one it acknowledges a commit behind the marker, which orders-1 and orders-4
     * confirm. orders-1 and orders-2 have passed the marker; but of the new members only orders-1 has the commit.
     */
    @Test
    void aWalsenderAcknowledgesByTheOldRuleBehindTheMarker() {
        tell(Mutant.ONE_MARKER, 5, "is acknowledged, and no rule on record guards it", () -> {
            world.want(4);
            operator.round();
            operator.round();
            operator.round();
            world.stream(world.machine(2));
            commitWith(1, 4);
            world.disconnect(world.machine(3));
            operator.round();
        });
    }

    /**
     * orders-4, whose volume was lost, was copied anew and streams from orders-0; the operators do not reach it, and it counts for nothing. In epoch 2 orders-1 leads, and
     * orders-4 is told to copy it: its supervisor is slow, and hears nothing after that. In epoch 3 orders-0 leads again, and orders-4, back for a moment, still follows it, of
     * epoch 1: were it counted, what it confirms would be gone when its supervisor does what it was told.
     */
    @Test
    void aStandbyOfAnEarlierEpochConfirms() {
        tell(Mutant.NO_EPOCH_IN_NAMES, 5, "is acknowledged, and no rule on record guards it", () -> {
            slow = world.machine(4);
            copiedOutOfReach(slow);
            world.cutOff(0);
            operator.act(planned("promote orders-1 e2"));
            operator.act(planned("assign orders-4: clone standby of orders-1 e2"));
            slow.hearsNothingNew();
            world.isBack(0);
            planned("label orders-0 standby");
            world.cutOff(1);
            operator.act(planned("promote orders-0 e3"));
            planned("record e3 g4: the commits of orders-0 are confirmed");
            operator.round();
            slow.answers = true;
            operator.plan().steps().stream()
                    .filter(Step.Record.class::isInstance)
                    .forEach(operator::act);
            slow.answers = false;
            for (int i = 0; i < 3; i++) {
                operator.round();
                move();
            }
            commitWith(2, 4);
            world.machine(1).linked = true;
            slow.supervise(world);
            slow.supervise(world);
            world.invariants.check();
        });
    }

    private void copiedOutOfReach(Machine machine) {
        world.disconnect(machine);
        machine.loseClaim();
        machine.answers = false;
        world.statefulSet();
        operator.act(planned("assign orders-4: clone standby of orders-0 e1"));
        machine.supervise(world);
        machine.supervise(world);
        move();
    }

    /**
     * orders-4 alone has received the last commits of orders-0, both are lost, and orders-1 is elected without these commits. When orders-4 is back it is pointed to orders-1, whose
     * history it is not in. It connects in vain, and each time says how far it is, which is further than the next commit of orders-1: with orders-3 that makes two who confirm it,
     * and one of them never gets it.
     */
    @Test
    void aStandbyThatHasPartedConnectsInVainAndConfirms() {
        tell(Mutant.FOLLOWS_UNCOMPARED, 5, "which only 2 hold", () -> {
            for (int i = 0; i < 20; i++) {
                commitWith(4);
            }
            world.cutOff(0);
            world.cutOff(4);
            for (int i = 0; i < 40 && world.recorded.lastTransition().isEmpty(); i++) {
                operator.round();
                move();
            }
            world.cutOff(2);
            world.isBack(4);
            operator.round();
            move();
            commitWith(3);
            move();
        });
    }
}
