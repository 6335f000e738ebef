package dev.matriarch.status;

/** The closed set of reasons of Events. */
public enum EventReason {
    /** An object that belongs to the cluster was made. */
    Created(false),
    /** An object was not as it must be and was put right. */
    Restored(false),
    /** The protocol was recorded anew: an epoch, a database cluster, a rule. */
    Recorded(false),
    /** An instance initialises the cluster. */
    Initialising(false),
    /** An instance copies the primary. */
    Copying(false),
    /** An instance was told to start. */
    Starting(false),
    /** A former primary was told to become a standby. */
    Rejoining(false),
    /** The bootstrap ran. */
    Bootstrapped(false),
    /** A standby was pointed to its primary. */
    Following(false),
    /** A standby was taken from its upstream, because the primary changes. */
    Fenced(false),
    /** A person has accepted that writes are lost, and a failover goes on by that. */
    LossAccepted(true),
    /** The primary is being stopped, so that another leads. */
    Demoting(false),
    /** A switchover was asked for, is under way, or has ended. */
    SwitchingOver(false),
    /** A switchover has ended with another primary. */
    SwitchedOver(false),
    /** A switchover was refused or given up. */
    SwitchoverFailed(true),
    /** A standby was promoted. */
    Promoted(false),
    /** Clients that write are led to another instance, or address, than before. */
    Routed(false),
    /** A Pod that could not start was deleted, to be made anew from a template that was changed since. */
    Replaced(false),
    /** Passwords of roles were changed as their Secrets were. */
    PasswordChanged(false),
    /** The cluster became ready. */
    Ready(false),
    /** The cluster is no longer ready, and nobody wanted that. */
    NotReady(true),
    /** {@code spec.paused} is true: the operator changes nothing. */
    Paused(false),
    /** The pause has ended. */
    Resumed(false),
    /** {@code spec.hibernated} is true: the instances are being stopped. */
    Hibernating(false),
    /** All instances are stopped, as was wanted. */
    Hibernated(false),
    /** The StatefulSet was scaled by somebody; the PgCluster says how many instances there are. */
    ScaledElsewhere(true),
    /** Another operator looks after the cluster, too. */
    SecondOperator(true),
    /** Something in the spec, or in what it names, was refused. */
    Refused(true),
    /** Something keeps an instance from doing what it is there for. */
    Trouble(true);

    private final boolean warning;

    EventReason(boolean warning) {
        this.warning = warning;
    }

    /** The type of the Event, as Kubernetes calls it. */
    String type() {
        return warning ? "Warning" : "Normal";
    }
}
