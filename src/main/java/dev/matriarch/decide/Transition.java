package dev.matriarch.decide;

import java.time.Instant;
import java.util.Optional;

/**
 * A change of the primary. It is recorded before it begins, so that whoever comes next goes on with it, and it stays on record as the last one
 * when it has ended.
 *
 * @param kind why the primary changes
 * @param phase how far it is
 * @param epoch the epoch that it opened
 * @param from the instance that led before
 * @param to the instance that was elected; empty until then
 * @param startedAt when the primary was first missed, or the switchover begun
 * @param endedAt when a commit of the new primary was first confirmed; empty while it is under way
 * @param consent what a person has said to it; empty: nobody was asked
 */
public record Transition(
        Kind kind,
        Phase phase,
        long epoch,
        String from,
        Optional<String> to,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Consent> consent) {

    /** Why the primary changes. */
    public enum Kind {
        Failover
    }

    /** How far it is. From one to the next goes only the record. */
    public enum Phase {
        /** The standbys are detached in the new epoch, so that nothing more can be confirmed to the old primary. */
        Fencing,
        /** One is elected, the others confirm what it has, and it is promoted. From here there is no way back but another epoch. */
        Promoting,
        /** It has ended. */
        Ended
    }

    static Transition begun(Kind kind, long epoch, String from, Instant startedAt, Optional<Consent> consent) {
        return new Transition(kind, Phase.Fencing, epoch, from, Optional.empty(), startedAt, Optional.empty(), consent);
    }

    Transition promoting(String elected) {
        return new Transition(
                kind, Phase.Promoting, epoch, from, Optional.of(elected), startedAt, Optional.empty(), consent);
    }

    Transition ended(String leader, Instant now) {
        return new Transition(
                kind, Phase.Ended, epoch, from, Optional.of(leader), startedAt, Optional.of(now), consent);
    }

    /** What was accepted: all after it may be lost. */
    public Optional<Consent.Kept> accepted() {
        return consent.flatMap(Consent::kept);
    }
}
