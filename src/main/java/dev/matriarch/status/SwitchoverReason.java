package dev.matriarch.status;

import java.util.Arrays;
import java.util.Optional;

/** The closed set of reasons in the conditions of a PgSwitchover. docs/switchover.md says when each is given. */
enum SwitchoverReason {
    // It waits for its turn.
    NotBefore,
    WaitsForAnother,

    // It waits for its cluster, and fails with the same word when its time is over.
    Considered,
    ClusterNotFound,
    ClusterPaused,
    ClusterNotReady,
    ClusterHibernated,
    FailingOver,
    ChangingRule,
    TargetNotStreaming,
    TargetTooFarBehind,
    Checkpointing,

    // It is refused.
    NoSuchTime,
    UnknownTarget,
    TargetIsPrimary,
    NoStandby,

    // It is under way, in the phase of this name, or completed.
    Demoting,
    Verifying,
    Promoting,
    Following,
    SwitchedOver,

    // It was given up.
    Withdrawn,
    DeadlineExceeded,
    PrimaryDidNotStop,
    PrimaryLost,
    TargetLost,
    TargetLacksWrites,
    OvertakenByFailover,
    ClusterDeleted,
    NotOnRecord;

    /** The one that a PgCluster's status names; empty: it is none. */
    static Optional<SwitchoverReason> of(String word) {
        return Arrays.stream(values()).filter(each -> each.name().equals(word)).findFirst();
    }
}
