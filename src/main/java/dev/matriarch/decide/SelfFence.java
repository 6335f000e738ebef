package dev.matriarch.decide;

import java.time.Duration;
import java.util.Optional;

/**
 * A primary whose commits wait for nobody, and that stops itself.
 *
 * <p>No fence on standbys proves that such a primary acknowledges nothing any more: it asks none of them. So it lives on a lease. The operator reads the
 * clock of the primary, then the record, anew and from the API server, and only if no transition is on record it writes the reading back: the
 * heartbeat. The supervisor there ends PostgreSQL when the newest reading that came back is older than {@code selfFence}, and lets clients in
 * again only by a fresh one (docs/supervisor.md).
 *
 * <p>Invariant: whoever elects another has waited until the old one has stopped. Whatever heartbeat reaches it, from whichever operator and however late, bears a
 * reading that was taken before the record was found without a transition, so before this one was recorded. From then on it has {@code selfFence} by its
 * own clock, and {@link #STOP}. The operator waits that long by a clock of its own that never jumps, from when it first saw the transition on
 * record; one that was restarted begins anew, so it never waits less. No time of one machine is compared with that of another; only the rates may
 * differ, by less than {@link #DRIFT}. "A standby still streams" and "the API answers" are no heartbeats: nobody can withdraw them.
 *
 * <p>It rests on the supervisor's knowing. So a rule with a {@code selfFence} is on record alone only after the supervisor said that it heeds just this
 * (it keeps it on the volume before it says so, and forgets it only as a standby or when it is told), and it is put in force only then. A change takes
 * the same course as any ({@link RuleChange}): while two are on record the longer time is waited for, and one without any is waited for by nobody. The
 * heartbeat says the time too: that of the newest rule, but until a rule that requires standbys is alone on record, still the one before it. It
 * bears the generation, so that one of an operator that slept takes nothing back. What a mark remembers of another life of the cluster is no such rule.
 *
 * <p>And all recorded standbys must be detached: which of them has most is known only then. Nobody counts on a dead postmaster either: a refused connection may be the
 * word of another machine with that address, backends outlive their postmaster, and its supervisor starts it again.
 */
public final class SelfFence {

    /** From the end of its time to the end of its backends: the supervisor looks twice a second, and a stop that is not fast is made immediate after 2 s. */
    static final Duration STOP = Duration.ofSeconds(5);

    /** The part by which clocks may run faster or slower. */
    private static final int DRIFT = 100;

    private SelfFence() {}

    /**
     * A heartbeat but for its reading.
     *
     * @param limit how long the primary may go on without another; zero: for ever
     * @param generation of the rules that it is given by
     */
    public record Heartbeat(Duration limit, long generation) {}

    /**
     * What the record allows to be told to a primary, if it was read after the primary's clock.
     *
     * @param recorded read just now from the API server
     * @return empty: nothing may be told
     */
    public static Optional<Heartbeat> heartbeat(Protocol recorded, String primary) {
        Rule newest = recorded.newestRule();
        if (newest == null || recorded.transition().isPresent() || !primary.equals(recorded.primary())) {
            return Optional.empty();
        }
        Duration limit = newest.required() == 0 ? newest.selfFence() : longest(recorded);
        return Optional.of(new Heartbeat(limit, recorded.ruleGeneration()));
    }

    /** Whether its primary may have to be told something: it is to stop itself, or says that it would. */
    public static boolean concerns(Observation seen) {
        return !longest(seen.protocol()).isZero()
                || seen.primaryDatabase()
                        .filter(said -> !said.selfFence().isZero())
                        .isPresent();
    }

    /** How long the primary of a cluster that is wanted so goes on without a heartbeat. A lone one has nobody to make way for. */
    static Duration wanted(Intent intent) {
        boolean useful = intent.required() == 0
                && intent.instances() > 1
                && intent.failover().automatic();
        return useful ? intent.failover().selfFence() : Duration.ZERO;
    }

    /** Whether a rule without confirmations can be fenced at all: its primary stops itself, and it is known who may have most. */
    static boolean covers(Rule rule) {
        return !rule.selfFence().isZero() && !rule.members().isEmpty();
    }

    /** How long a transition must have been on record before its primary has stopped; zero when that does not depend on time. */
    static Duration patience(Protocol protocol) {
        Duration longest = longest(protocol);
        return longest.isZero()
                ? Duration.ZERO
                : longest.plus(longest.dividedBy(DRIFT)).plus(STOP);
    }

    private static Duration longest(Protocol protocol) {
        return protocol.rules().stream()
                .map(Rule::selfFence)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
