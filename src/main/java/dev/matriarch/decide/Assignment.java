package dev.matriarch.decide;

/**
 * What an instance is told to do.
 *
 * @param epoch the epoch it belongs to; a smaller one than the instance has seen is not acted upon
 * @param deed what to do
 * @param role as what to run
 * @param upstream the instance to copy or follow; empty for none
 * @param systemIdentifier the database cluster that it belongs to; empty only with {@link Deed#INITIALISE}
 */
public record Assignment(long epoch, Deed deed, Role role, String upstream, String systemIdentifier) {

    /** The deeds that a supervisor knows. */
    public enum Deed {
        INITIALISE,
        CLONE,
        RUN,
        REJOIN,
        STOP
    }

    /** The roles of an instance. */
    public enum Role {
        PRIMARY,
        STANDBY
    }

    /** Initialise the database cluster and lead it. */
    public static Assignment initialise(long epoch) {
        return new Assignment(epoch, Deed.INITIALISE, Role.PRIMARY, "", "");
    }

    /** Lead. */
    public static Assignment lead(Protocol protocol) {
        return new Assignment(protocol.epoch(), Deed.RUN, Role.PRIMARY, "", protocol.systemIdentifier());
    }

    /** Follow the primary with the data that is there. */
    public static Assignment follow(Protocol protocol) {
        return new Assignment(
                protocol.epoch(), Deed.RUN, Role.STANDBY, protocol.primary(), protocol.systemIdentifier());
    }

    /** Take a fresh copy of the primary, then follow it. */
    public static Assignment copy(Protocol protocol) {
        return new Assignment(
                protocol.epoch(), Deed.CLONE, Role.STANDBY, protocol.primary(), protocol.systemIdentifier());
    }

    /** Become a standby again with what is there, as far as it can be used. */
    public static Assignment rejoin(Protocol protocol) {
        return new Assignment(
                protocol.epoch(), Deed.REJOIN, Role.STANDBY, protocol.primary(), protocol.systemIdentifier());
    }

    /** Stop, as the primary that it is. */
    public static Assignment stop(Protocol protocol) {
        return new Assignment(protocol.epoch(), Deed.STOP, Role.PRIMARY, "", protocol.systemIdentifier());
    }

    /** Be a standby with the data that is there, also where a primary has stopped cleanly, and wait for an upstream. */
    public static Assignment await(Protocol protocol) {
        return new Assignment(protocol.epoch(), Deed.RUN, Role.STANDBY, "", protocol.systemIdentifier());
    }
}
