package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the recorded primary is lost.
 *
 * <p>No signal decides alone. It does not answer us; and of the standbys, who see it by another way, at least one answers and none that answers
 * hears it. As long as one does, or nobody answers at all, the fault is in our own network, and nothing is done. Where nothing listens any more, or
 * PostgreSQL there is not up, this is enough; silence must last. A needless failover costs a second and loses nothing: the fence does not rest on this.
 */
final class Detection {

    /** How long it must be silent. The attempt to ask it is given up after a second. */
    static final Duration SILENCE = Duration.ofSeconds(1);

    /** How old the last message of a healthy upstream can be: half of {@code wal_receiver_timeout}, and some. */
    static final Duration HEARD = Duration.ofMillis(1_700);

    /** How long a primary may take to come when no standby has heard it since it was itself started: all of them start. */
    static final Duration START = Duration.ofSeconds(10);

    private Detection() {}

    /** Since when it has been lost; empty while it is not, or may not be. */
    static Optional<Instant> lostSince(Observation seen, Instant now) {
        Optional<Instance> primary = seen.primary();
        if (primary.filter(Instance::leads).isPresent()) {
            return Optional.empty();
        }
        boolean somebodyAnswers = seen.standbys().stream().anyMatch(each -> each.follows(seen.protocol()));
        boolean somebodyHears = seen.standbys().stream().anyMatch(Detection::hears);
        if (!somebodyAnswers || somebodyHears) {
            return Optional.empty();
        }
        if (Switching.startsAgainUntil(seen, START).filter(now::isBefore).isPresent()) {
            return Optional.empty();
        }
        Instant since = seen.memory().lostSince().orElse(now);
        return since.plus(patience(primary, seen)).isAfter(now) ? Optional.empty() : Optional.of(since);
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

    private static boolean hears(Instance standby) {
        return standby.database()
                .flatMap(Instance.Database::heard)
                .filter(ago -> ago.compareTo(HEARD) < 0)
                .isPresent();
    }
}
