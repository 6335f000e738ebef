package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the recorded primary is lost.
 *
 * <p>No signal decides alone. It does not answer us; and of the standbys, who see it by another way, at least one answers and none that answers
 * hears it: it, and not another that led before and that this one was not pointed away from yet. As long as one does, or nobody answers at all, the fault is in our own network, and nothing is done. Where nothing listens any more, or
 * PostgreSQL there is not up, this is enough; silence must last. A needless failover costs a second and loses nothing: the fence does not rest on this.
 *
 * <p>One whose disk has stalled answers, and its standbys hear it: what it needs for that is in memory. So it says itself that a write has hung for
 * {@link #STALL}, at a time at which it answers otherwise, so that it is no fault of a network. That it leads, and who hears it, is then no objection. The fence holds as
 * it does for one that is cut off: what it has not written it has sent to nobody, so what it goes on to commit when its disk goes on waits for standbys
 * that were detached; where commits wait for nobody, its supervisor stops it, and a backend that is in the middle of a write then ends before it
 * answers its client. If its disk goes on before another is elected, it is one that is back.
 */
final class Detection {

    /** How long it must be silent. The attempt to ask it is given up after a second. */
    static final Duration SILENCE = Duration.ofSeconds(1);

    /** How old the last message of a healthy upstream can be: half of {@code wal_receiver_timeout}, and some. */
    static final Duration HEARD = Duration.ofMillis(1_700);

    /** How long a primary may take to come when no standby has heard it since it was itself started: all of them start. */
    static final Duration START = Duration.ofSeconds(10);

    /**
     * How long a write must hang before the disk is taken for stalled. Longer than disks take that are only slow: seconds, when a checkpoint is
     * written back or a network's disk is moved. Clients wait all the while, and those of most applications give up within half a minute.
     */
    static final Duration STALL = Duration.ofSeconds(10);

    private Detection() {}

    /** Since when it has been lost; empty while it is not, or may not be. */
    static Optional<Instant> lostSince(Observation seen, Instant now) {
        Optional<Instance> primary = seen.primary();
        boolean somebodyAnswers = seen.standbys().stream().anyMatch(each -> each.follows(seen.protocol()));
        if (primary.filter(Instance::isStalled).isPresent()) {
            return somebodyAnswers ? Optional.of(now.minus(primary.get().stalled())) : Optional.empty();
        }
        if (primary.filter(Instance::leads).isPresent()) {
            return Optional.empty();
        }
        boolean somebodyHears = seen.standbys().stream()
                .anyMatch(each -> hears(each, seen.protocol().primary()));
        // It says itself that it does not lead: it was elected, and not promoted yet, when the PgCluster was deleted.
        boolean isStandby = seen.protocol().transition().isEmpty() && isPrimaryAStandby(seen);
        if (!isStandby && (!somebodyAnswers || somebodyHears)) {
            return Optional.empty();
        }
        // Not by the clock of another operator that is far ahead of this one's.
        if (Switching.startsAgainUntil(seen, START)
                .filter(until ->
                        now.isBefore(until) && until.isBefore(now.plus(START).plus(START)))
                .isPresent()) {
            return Optional.empty();
        }
        Instant since = seen.memory().lostSince().orElse(now);
        return since.plus(patience(primary, seen)).isAfter(now) ? Optional.empty() : Optional.of(since);
    }

    /** Whether nobody has heard of the primary for so long that it would have started by now. */
    static boolean isMissedForLong(Observation seen, Instant now) {
        return seen.memory()
                .lostSince()
                .filter(since -> !since.plus(START).isAfter(now))
                .isPresent();
    }

    /** Whether the recorded primary answers, and says that it is a standby. */
    static boolean isPrimaryAStandby(Observation seen) {
        return seen.primary().filter(each -> each.follows(seen.protocol())).isPresent();
    }

    private static Duration patience(Optional<Instance> primary, Observation seen) {
        boolean everStreamed = seen.standbys().stream()
                .anyMatch(each ->
                        each.database().filter(Instance.Database::streamed).isPresent());
        if (!everStreamed && seen.protocol().transition().isEmpty()) {
            return START;
        }
        return primary.filter(each -> each.contact() == Instance.Contact.SILENT).isPresent() ? SILENCE : Duration.ZERO;
    }

    /** Whether it has heard just now from this instance. One that still streams from a primary of an earlier epoch knows nothing of the recorded one. */
    static boolean hears(Instance standby, String primary) {
        return standby.database()
                .filter(its -> !its.receivesFromAnother(primary))
                .flatMap(Instance.Database::heard)
                .filter(ago -> ago.compareTo(HEARD) < 0)
                .isPresent();
    }
}
