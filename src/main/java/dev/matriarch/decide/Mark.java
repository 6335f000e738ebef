package dev.matriarch.decide;

/**
 * The protocol as mirrored beside the data, on the volume claims: what is left of it when the PgCluster was deleted.
 *
 * @param protocol as it was when the mark was written
 */
public record Mark(Protocol protocol) {

    public Mark {
        protocol = protocol.withoutTransitions().withoutSelfFence();
    }

    /** Whether what is recorded is older than this mark, so that it was lost or restored from an old copy. */
    public boolean isAfter(Protocol recorded) {
        return !recorded.initialised() || !isAtLeast(recorded, protocol);
    }

    /** Whether this mark is from the same or a later state than another. */
    public boolean isAtLeast(Mark other) {
        return isAtLeast(protocol, other.protocol);
    }

    private static boolean isAtLeast(Protocol one, Protocol other) {
        if (one.epoch() != other.epoch()) {
            return one.epoch() > other.epoch();
        }
        return one.ruleGeneration() >= other.ruleGeneration();
    }
}
