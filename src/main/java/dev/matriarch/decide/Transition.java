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
 * @param to the instance that is to lead: of a switchover from its beginning, of a failover once it is elected; empty until then
 * @param startedAt when the primary was first missed, or the switchover began to stop it
 * @param endedAt when a commit of the new primary was first confirmed, or the old one was led to again; empty while it is under way
 * @param consent what a person has said to it; empty: nobody was asked
 * @param planned what a switchover has beyond a failover
 */
public record Transition(
        Kind kind,
        Phase phase,
        long epoch,
        String from,
        Optional<String> to,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Consent> consent,
        Optional<Planned> planned) {

    /** Why the primary changes. */
    public enum Kind {
        /** It was lost. */
        Failover,
        /** Somebody, or the operator itself, wants another one. */
        Switchover
    }

    /** How far it is. From one to the next goes only the record. */
    public enum Phase {
        /** Switchover: the old primary is being stopped. It may still lead again. */
        Demoting,
        /** Switchover: it has stopped. Whoever is to lead is detached, and must have all that the old primary had. The old one may still lead again. */
        Verifying,
        /** Failover: the standbys are detached in the new epoch, so that nothing more can be confirmed to the old primary. */
        Fencing,
        /** One is elected, the others confirm what it has, and it is promoted. From here there is no way back but another epoch. */
        Promoting,
        /** It has ended. */
        Ended
    }

    static Transition failover(long epoch, String from, Instant startedAt, Optional<Consent> consent) {
        return new Transition(
                Kind.Failover,
                Phase.Fencing,
                epoch,
                from,
                Optional.empty(),
                startedAt,
                Optional.empty(),
                consent,
                Optional.empty());
    }

    static Transition switchover(long epoch, String from, String to, Instant startedAt, Planned planned) {
        return new Transition(
                Kind.Switchover,
                Phase.Demoting,
                epoch,
                from,
                Optional.of(to),
                startedAt,
                Optional.empty(),
                Optional.empty(),
                Optional.of(planned.begun(Phase.Demoting, startedAt)));
    }

    /** The old primary has stopped cleanly, at this position. */
    Transition verifying(Lsn stoppedAt, Instant now) {
        return with(Phase.Verifying, to, endedAt, planned.map(each -> each.stopped(stoppedAt)
                .begun(Phase.Verifying, now)));
    }

    Transition promoting(String elected, Instant now) {
        return with(
                Phase.Promoting,
                Optional.of(elected),
                Optional.empty(),
                planned.map(each -> each.begun(Phase.Promoting, now)));
    }

    Transition ended(String leader, Instant now) {
        return with(Phase.Ended, Optional.of(leader), Optional.of(now), planned);
    }

    /** It ended by going back, or by giving way. Who was to lead stays on record. */
    Transition givenUp(Planned.Reversal why, Instant now) {
        return with(Phase.Ended, to, Optional.of(now), planned.map(each -> each.reversed(why)));
    }

    private Transition with(Phase next, Optional<String> leader, Optional<Instant> end, Optional<Planned> plan) {
        return new Transition(kind, next, epoch, from, leader, startedAt, end, consent, plan);
    }

    /** What was accepted: all after it may be lost. */
    public Optional<Consent.Kept> accepted() {
        return consent.flatMap(Consent::kept);
    }
}
