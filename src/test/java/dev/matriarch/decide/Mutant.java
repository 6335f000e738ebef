package dev.matriarch.decide;

/** A part of the protocol that is left out, to show that a simulation notices it. Each is a variant that the model in which the protocol was found breaks. */
enum Mutant {
    NONE,
    /** One detached member less than needed is enough for the fence. */
    FENCE_ONE_SHORT,
    /** Positions are compared without their timelines. */
    LSN_ACROSS_TIMELINES,
    /** The record is written whatever stands there. */
    NO_COMPARE_AND_SET,
    /** An instance is pointed to an upstream whatever epoch it has seen. */
    LATE_FOLLOW,
    /** A standby counts as detached while its walreceiver is still ending. */
    DETACH_RACE,
    /** A supervisor acts on an assignment of an earlier epoch than the instance has seen. */
    STALE_ASSIGNMENT,
    /** A restarted primary admits clients at once. */
    NO_GATE,
    /** The elected is promoted before anybody else has what it has. */
    NO_BARRIER,
    /** The old rule leaves the record without a marker. */
    NO_MARKER,
    /** An older rule is put in force over a later one. */
    NO_GENERATION,
    /** A rule is put in force before it is recorded. */
    RECORDED_LATE,
    /** The timeline is the next one, whether it was used or not. */
    TIMELINE_COLLISION,
    /** A standby is promoted whatever epoch it has seen, and whatever its upstream. */
    LATE_PROMOTION,
    /** The old rules leave the record with the election. */
    OLD_RULE_DROPPED_EARLY,
    /** The position of one standby is read as zero. */
    POSITION_UNKNOWN,
    /** A standby whose volume was lost comes up with nothing, as if it had always had nothing. */
    AMNESIA,
    /** A standby's name carries no epoch. */
    NO_EPOCH_IN_NAMES,
    /** A primary whose commits wait for nobody goes on without heartbeats. */
    NO_SELF_FENCE,
    /** A heartbeat counts from when it arrives. */
    LATE_HEARTBEAT,
    /** A heartbeat is given whatever was recorded meanwhile. */
    HEARTBEAT_UNASKED,
    /** An operator waits for a primary to stop itself as long as it would have at most, and no longer. */
    NO_TIME_TO_STOP
}
