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
    boolean isAfter(Protocol recorded) {
        return !recorded.initialised() || !new Mark(recorded).isAtLeast(this);
    }

    /** Whether this mark is from the same or a later state than another. */
    public boolean isAtLeast(Mark other) {
        if (protocol.epoch() != other.protocol.epoch()) {
            return protocol.epoch() > other.protocol.epoch();
        }
        return protocol.ruleGeneration() >= other.protocol.ruleGeneration();
    }
}
