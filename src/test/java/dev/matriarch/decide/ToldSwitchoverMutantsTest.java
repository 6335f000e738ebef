package dev.matriarch.decide;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What happens without a rule of the switchover, told course by course, see {@link ToldMutantsTest}. In all of them one of five confirms each commit, so who confirms for the
 * old primary and who confirms for the new one need have nobody in common: no barrier helps, only that the old one has ended for good.
 */
class ToldSwitchoverMutantsTest extends ToldCourses {

    private static final String LOST = "orders-1 leads and does not have the acknowledged commits";

    /**
     * orders-0 does not hear that it is to stop: SQL has stopped it, which has kept the new epoch on its volume. orders-1 is about to be promoted when the container of orders-0 is made
     * anew. By what it is still told it leads, and orders-3, which the operators do not reach, confirms a commit.
     */
    @Test
    void aDemotedPrimaryStartsByWhatItWasToldBefore() {
        tell(Mutant.OLD_WORD, 5, LOST, this::startsByWhatItWasToldBefore);
    }

    /** As before; the supervisor refuses words of an epoch that has passed, but nobody has told it that this one has. */
    @Test
    void aPrimaryIsDemotedThatHasNotKeptTheEpoch() {
        tell(Mutant.DEMOTED_WITHOUT_EPOCH, 5, LOST, this::startsByWhatItWasToldBefore);
    }

    private void startsByWhatItWasToldBefore() {
        oneConfirmsAndTheOperatorsDoNotReachOrders3();
        world.machine(0).hearsNothingNew();
        Step promotion = planned("promote orders-1 e2");
        world.machine(0).restart();
        world.machine(0).supervise(world);
        world.stream(world.machine(3));
        world.machine(0).openGate(world);
        commitWith(3);
        operator.act(promotion);
    }

    /**
     * An operator sleeps over the promotion of orders-1. The switchover is taken back: orders-0 leads again, in the same epoch, and orders-3 follows it and confirms a commit. The
     * operator wakes up, and nothing tells orders-1 that this promotion is one of before.
     */
    @Test
    void itIsTakenBackAfterTheElection() {
        tell(Mutant.WAY_BACK_LATE, 5, LOST, () -> {
            oneConfirmsAndTheOperatorsDoNotReachOrders3();
            Step promotion = planned("promote orders-1 e2");
            world.askForNoSwitchover();
            world.machine(1).answers = false;
            world.machine(3).answers = true;
            for (int i = 0; i < 12; i++) {
                operator.round();
                move();
                world.all().forEach(each -> each.openGate(world));
            }
            commitWith(3);
            world.machine(1).answers = true;
            operator.act(promotion);
        });
    }

    /** Somebody starts orders-0 while orders-1, elected, waits to be confirmed. orders-3, which the operators do not reach, still follows orders-0, and confirms a commit. */
    @Test
    void theOldPrimaryIsStartedByHandAfterTheElection() {
        tell(Mutant.LED_BY_HAND, 5, LOST, () -> {
            oneConfirmsAndTheOperatorsDoNotReachOrders3();
            planned("have orders-2 follow orders-1 e2");
            world.machine(0).startByHand();
            world.stream(world.machine(3));
            commitWith(3);
        });
    }

    /** orders-1 and orders-2 no longer reach orders-0 when that is stopped, and lack its last commit, which orders-3 has confirmed. They agree with each other. */
    @Test
    void whoLacksTheLastCommitIsElected() {
        tell(Mutant.TARGET_UNCHECKED, 5, LOST, () -> {
            orders1AndOrders2LackTheLastCommit();
            operator.round();
            move();
            world.isBack(1);
            world.isBack(2);
        });
    }

    /** As before, but orders-0 dies while it is being stopped: its control file tells of a checkpoint of before, which orders-1 has. */
    @Test
    void whatAPrimaryThatDiedSaysOfItsEndIsBelieved() {
        tell(Mutant.STOP_UNCLEAN, 5, LOST, () -> {
            orders1AndOrders2LackTheLastCommit();
            operator.round();
            world.crash(0);
            world.isBack(1);
            world.isBack(2);
        });
    }

    private void orders1AndOrders2LackTheLastCommit() {
        oneConfirmsAndTheOperatorsDoNotReachOrders3();
        planned("demote orders-0 e2");
        world.machine(1).linked = false;
        world.machine(2).linked = false;
        commitWith(3);
    }

    private void oneConfirmsAndTheOperatorsDoNotReachOrders3() {
        world.want(5, 1);
        operator.settle();
        world.machine(3).answers = false;
        world.switchOver(Optional.of("orders-1"), 16, Duration.ofMinutes(1));
    }
}
