package dev.matriarch.decide;

/**
 * A part of the protocol that is left out, to show that the simulation notices it.
 *
 * <p>Each variant that the model in which the protocol was found breaks is one of these, by its name there, but {@code members_only}: a fence that takes no notice of the
 * detached primary of a rule is stricter, so it can cost a failover and no commit. The model's {@code no_gate} is here two: before a promotion the barrier
 * takes the gate's place.
 */
enum Mutant {
    NONE,
    /** One detached member less than needed is enough for the fence. {@code fence_short}. */
    FENCE_ONE_SHORT,
    /** Who is elected is decided by positions without their timelines. {@code lsn_only}. */
    LSN_ACROSS_TIMELINES,
    /** The record is written whatever stands there. {@code no_cas}. */
    NO_COMPARE_AND_SET,
    /** A standby is pointed to an upstream whatever epoch it has seen. {@code follow_nocheck}. */
    LATE_FOLLOW,
    /** A standby counts as detached while its walreceiver is still ending. {@code detach_racy}. */
    DETACH_RACE,
    /** A supervisor acts on an assignment of an earlier epoch than the instance has seen. {@code stale_assignment}. */
    STALE_ASSIGNMENT,
    /** A restarted primary admits clients at once. {@code no_gate}. */
    NO_GATE,
    /** The elected is promoted before anybody else has what it has. {@code no_gate}. */
    NO_BARRIER,
    /** The old rule leaves the record without a marker. Both {@code no_settle} and {@code no_barrier}. */
    NO_MARKER,
    /** The old rule leaves the record though a walsender may still apply it. {@code no_settle}. */
    RELOAD_NOT_AWAITED,
    /** The old rule leaves the record before the new members have what was acknowledged by it. {@code no_barrier}. */
    NOT_CONFIRMED,
    /** What the new members have to confirm was written before all walsenders had reloaded. Not a variant of the model. */
    ONE_MARKER,
    /** An older rule is put in force over a later one. {@code no_gen}. */
    NO_GENERATION,
    /** A rule is put in force before it is recorded. {@code record_late}. */
    RECORDED_LATE,
    /** The timeline of an elected is its own next one, whether that was used or not. {@code tl_collision}. */
    TIMELINE_COLLISION,
    /** A standby is promoted whatever epoch it has seen, and whatever its upstream, and under the rule of an earlier one. {@code promote_nocheck}. */
    LATE_PROMOTION,
    /** The old rules leave the record with the election. {@code drop_old_record}. */
    OLD_RULE_DROPPED_EARLY,
    /** The position of a standby that was restarted is read as zero. {@code partial_lsn}. */
    POSITION_UNKNOWN,
    /** A standby whose volume was lost comes up with nothing, as if it had always had nothing. {@code amnesia}. */
    AMNESIA,
    /** A standby's name carries no epoch. {@code no_epoch_name}. */
    NO_EPOCH_IN_NAMES,
    /** A primary whose commits wait for nobody goes on without heartbeats. */
    NO_SELF_FENCE,
    /** A standby keeps the rule under which it was to lead in an earlier epoch. Not a variant of the model. */
    RULE_KEPT,
    /** A heartbeat counts from when it arrives. */
    LATE_HEARTBEAT,
    /** A heartbeat is given whatever was recorded meanwhile. */
    HEARTBEAT_UNASKED,
    /** An operator waits for a primary to stop itself as long as it would have at most, and no longer. */
    NO_TIME_TO_STOP
}
