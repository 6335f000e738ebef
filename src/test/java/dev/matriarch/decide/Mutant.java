package dev.matriarch.decide;

/**
 * A part of the protocol that is left out, to show that the simulation notices it.
 *
 * <p>Each variant that the model in which the protocol was found breaks is one of these, by its name there, but {@code members_only}: a fence that takes no notice of the
 * detached primary of a rule is stricter, so it can cost a failover and no commit. The model's {@code no_gate} is here two: before a promotion the barrier
 * takes the gate's place.
 */
enum Mutant {
    NONE("nothing"),
    /** One detached member less than needed is enough for the fence. {@code fence_short}. */
    FENCE_ONE_SHORT("the last detached member that the fence needs"),
    /** Who is elected is decided by positions without their timelines. {@code lsn_only}. */
    LSN_ACROSS_TIMELINES("timelines, when positions are compared", "whoHasMostOfAnOldTimelineIsElected"),
    /** Who has most is decided by timelines and positions alone, whatever the last elected had. Not a variant of the model. */
    PASSED_OVER_ELECTED(
            "that the elected has all that the last elected had",
            "whoWasPassedOverAsItWasAwayComesBackOnAHigherTimeline"),
    /** The record is written whatever stands there. {@code no_cas}. */
    NO_COMPARE_AND_SET("the comparison before the record is written"),
    /** A standby is pointed to an upstream whatever epoch it has seen. {@code follow_nocheck}. */
    LATE_FOLLOW("the epoch, when a standby is pointed to an upstream", "aStandbyFollowsInAnEpochThatHasPassed"),
    /** A standby counts as detached while its walreceiver is still ending. {@code detach_racy}. */
    DETACH_RACE("waiting for the walreceiver of a detached standby to end", "aWalreceiverThatStillEndsConfirms"),
    /** A supervisor acts on an assignment of an earlier epoch than the instance has seen. {@code stale_assignment}. */
    STALE_ASSIGNMENT("the epoch kept, when a supervisor does what it was told", "aStandbyIsRestartedByAnOldAssignment"),
    /** A restarted primary admits clients at once. {@code no_gate}. */
    NO_GATE("the gate of a primary that was restarted"),
    /** The elected is promoted before anybody else has what it has. {@code no_gate}. */
    NO_BARRIER("the barrier before the promotion"),
    /** The elected is promoted before its claim says that it leads. Not a variant of the model, which knows no deletion. */
    PROMOTED_UNMARKED(
            "the mark beside the data of the elected, before it is promoted",
            "whatWasAcknowledgedBeforeAnyMarkIsForgottenWithTheStatus"),
    /** The old rule leaves the record without a marker. Both {@code no_settle} and {@code no_barrier}. */
    NO_MARKER("both markers of a change of the rule"),
    /** The old rule leaves the record though a walsender may still apply it. {@code no_settle}. */
    RELOAD_NOT_AWAITED("the first marker: all walsenders have taken the rule"),
    /** The old rule leaves the record before the new members have what was acknowledged by it. {@code no_barrier}. */
    NOT_CONFIRMED("the second marker: the new members have what was acknowledged"),
    /** What the new members have to confirm was written before all walsenders had reloaded. Not a variant of the model. */
    ONE_MARKER(
            "that the second marker is written after all have passed the first",
            "aWalsenderAcknowledgesByTheOldRuleBehindTheMarker"),
    /** An older rule is put in force over a later one. {@code no_gen}. */
    NO_GENERATION("the generation, when a rule is put in force", "anOlderRuleComesBack"),
    /** A rule is put in force before it is recorded. {@code record_late}. */
    RECORDED_LATE("recording a rule before it is put in force"),
    /** The timeline of an elected is its own next one, whether that was used or not. {@code tl_collision}. */
    TIMELINE_COLLISION("that a timeline was never used before", "twoAreOnOneTimeline"),
    /** A standby is promoted whatever epoch it has seen, and whatever its upstream, and under the rule of an earlier one. {@code promote_nocheck}. */
    LATE_PROMOTION(
            "the epoch and the upstream, when a standby is promoted", "anElectedOfAnEpochThatHasPassedIsPromoted"),
    /** A standby is pointed to who leads, or is to lead, before what it has was compared with that one's history. Not a variant of the model. */
    FOLLOWS_UNCOMPARED(
            "comparing the histories, before a standby is pointed to an upstream",
            "aStandbyThatHasPartedConnectsInVainAndConfirms"),
    /** The old rules leave the record with the election. {@code drop_old_record}. */
    OLD_RULE_DROPPED_EARLY("the old rules on record after an election"),
    /** The position of a standby that was restarted is read as zero. {@code partial_lsn}. */
    POSITION_UNKNOWN("the position of a standby that was restarted"),
    /** A standby whose volume was lost comes up with nothing, as if it had always had nothing. {@code amnesia}. */
    AMNESIA("refusing to start as if an empty volume had always been empty"),
    /** A standby's name carries no epoch. {@code no_epoch_name}. */
    NO_EPOCH_IN_NAMES("the epoch in the names of standbys", "aStandbyOfAnEarlierEpochConfirms"),
    /** A primary whose commits wait for nobody goes on without heartbeats. */
    NO_SELF_FENCE("that a primary without synchronous replication stops itself without heartbeats"),
    /** A standby keeps the rule under which it was to lead in an earlier epoch. Not a variant of the model. */
    RULE_KEPT(
            "that a standby forgets the rule under which it was to lead",
            "anElectedOfAnEpochThatHasPassedIsPromotedByHand"),
    /** A heartbeat counts from when it arrives. */
    LATE_HEARTBEAT(
            "the reading of the clock from before the record was read", "SelfFenceTest.aLateHeartbeatExtendsNothing"),
    /** A heartbeat is given whatever was recorded meanwhile. */
    HEARTBEAT_UNASKED("reading the record before a heartbeat is given"),
    /** An operator waits for a primary to stop itself as long as it would have at most, and no longer. */
    NO_TIME_TO_STOP(
            "the time that such a primary takes to stop", "SelfFenceTest.theTimeThatItTakesToStopIsWaitedForToo"),
    /** Whoever is to lead after a switchover is elected whatever it has. */
    TARGET_UNCHECKED(
            "comparing who is to lead with the end of the old primary's WAL, in a switchover",
            "ToldSwitchoverMutantsTest.whoLacksTheLastCommitIsElected"),
    /** An old primary that died while it was being stopped counts as one that has ended cleanly, where its control file says. */
    STOP_UNCLEAN(
            "that the old primary has ended cleanly, in a switchover",
            "ToldSwitchoverMutantsTest.whatAPrimaryThatDiedSaysOfItsEndIsBelieved"),
    /** A supervisor starts an old primary that was demoted by what it was told before. */
    OLD_WORD(
            "the words of the new epoch, for an old primary that was demoted to start again",
            "ToldSwitchoverMutantsTest.aDemotedPrimaryStartsByWhatItWasToldBefore"),
    /** A demoted primary keeps the epoch that it was demoted in neither before it stops nor after, and counts as stopped all the same. */
    DEMOTED_WITHOUT_EPOCH(
            "keeping the new epoch, when a primary is demoted",
            "ToldSwitchoverMutantsTest.aPrimaryIsDemotedThatHasNotKeptTheEpoch"),
    /** A switchover that is not wanted any more is taken back though another was elected already. */
    WAY_BACK_LATE(
            "that there is no way back after the election, in a switchover",
            "ToldSwitchoverMutantsTest.itIsTakenBackAfterTheElection"),
    /** That somebody started an old primary by hand after it had been stopped is not noticed any more once another is elected. */
    LED_BY_HAND(
            "a further epoch, when an old primary that had stopped leads again by hand, in a switchover",
            "ToldSwitchoverMutantsTest.theOldPrimaryIsStartedByHandAfterTheElection");

    /** What is left out, as a part of a sentence. */
    final String leftOut;

    /** The test that tells it as a course of its own, with its class unless that is {@code ToldMutantsTest}; empty: random courses meet it often. */
    final String toldAs;

    Mutant(String leftOut) {
        this(leftOut, "");
    }

    Mutant(String leftOut, String toldAs) {
        this.leftOut = leftOut;
        this.toldAs = toldAs;
    }
}
