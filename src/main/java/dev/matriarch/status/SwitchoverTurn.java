package dev.matriarch.status;

import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.decide.SwitchoverWish;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whose turn it is: of the PgSwitchovers of one cluster that have not ended, one has started at most, and the others follow it in the order of their creation. One
 * whose time has not come keeps nobody waiting.
 */
public final class SwitchoverTurn {

    private static final Comparator<PgSwitchover> ORDER = Comparator.<PgSwitchover, Boolean>comparing(
                    each -> startedAt(each).isEmpty())
            .thenComparing(each -> each.getMetadata().getCreationTimestamp())
            .thenComparing(each -> each.getMetadata().getName());

    /** What is written with four digits of a year. */
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private SwitchoverTurn() {}

    /** When its turn came; empty: it has not. */
    static Optional<Instant> startedAt(PgSwitchover switchover) {
        return Optional.ofNullable(switchover.getStatus())
                .map(PgSwitchoverStatus::startedAt)
                .flatMap(SwitchoverTurn::time);
    }

    /** A time of a status. Whoever may write a status may write what is none: that counts as not said, and keeps no cluster from being looked after. */
    static Optional<Instant> time(String text) {
        try {
            return Optional.ofNullable(text)
                    .map(Instant::parse)
                    .filter(each -> !each.isBefore(FIRST) && !each.isAfter(LAST));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** When one that has ended is deleted; empty: never, or its end is not known. */
    public static Optional<Instant> deletedAt(PgSwitchover ended) {
        return Optional.ofNullable(ended.getSpec().ttlSecondsAfterFinished())
                .flatMap(seconds -> time(ended.getStatus().completedAt()).map(end -> end.plusSeconds(seconds)));
    }

    /** Until when somebody else must have been elected; empty: it has not started. */
    static Optional<Instant> deadline(PgSwitchover switchover) {
        return startedAt(switchover)
                .map(start -> start.plus(Duration.ofSeconds(switchover.getSpec().deadlineSeconds())));
    }

    /** Before when it does not start. A time that is none (the CRD lets no 31st of February through unseen) is one that never comes. */
    static Instant notBefore(PgSwitchover switchover) {
        String text = switchover.getSpec().notBefore();
        try {
            return text == null ? Instant.MIN : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.MAX;
        }
    }

    /** Who goes first; empty: it is its turn. */
    static Optional<PgSwitchover> ahead(PgSwitchover self, Collection<PgSwitchover> all, Instant now) {
        return all.stream()
                .filter(each -> isWaiting(each, self.getSpec().cluster(), now))
                .min(ORDER)
                .filter(first ->
                        !first.getMetadata().getUid().equals(self.getMetadata().getUid()));
    }

    /**
     * Those that ask for another primary, in the words of the decision and in the order of their turn: they have started and not ended. One whose target leads already asks for
     * nothing more, also when the record has forgotten it.
     */
    public static List<SwitchoverWish> wishes(String cluster, Collection<PgSwitchover> all) {
        return started(cluster, all).stream()
                .filter(each -> each.getStatus().phase() != Phase.Following)
                .map(SwitchoverTurn::wish)
                .toList();
    }

    /** Those that have started and not ended: one, or several when who let another start had not seen the first. */
    static List<PgSwitchover> started(String cluster, Collection<PgSwitchover> all) {
        return all.stream()
                .filter(each -> isWaiting(each, cluster, Instant.MAX))
                .filter(each -> startedAt(each).isPresent())
                .sorted(ORDER)
                .toList();
    }

    /** How long one that waits for its time is to wait; empty: it waits for nothing that a clock says. */
    public static Optional<Duration> untilItsTime(PgSwitchover switchover, Instant now) {
        return Optional.of(notBefore(switchover))
                .filter(time -> time.isAfter(now) && startedAt(switchover).isEmpty())
                .map(time -> Duration.between(now, time));
    }

    private static SwitchoverWish wish(PgSwitchover started) {
        return new SwitchoverWish(
                started.getMetadata().getName(),
                started.getMetadata().getUid(),
                Optional.ofNullable(started.getSpec().target()),
                bytes(started.getSpec().maxLag()),
                deadline(started).orElseThrow());
    }

    /** The CRD lets no other than a quantity through; one that is larger than any lag, such as 16Ei or 1e99999999999, is as much as there can be. */
    private static long bytes(String quantity) {
        try {
            return Quantity.getAmountInBytes(Quantity.parse(quantity))
                    .min(BigDecimal.valueOf(Long.MAX_VALUE))
                    .longValue();
        } catch (ArithmeticException
                | IllegalArgumentException e) { // of an exponent that Kubernetes takes, and Java does not
            return quantity.contains("-") ? 0 : Long.MAX_VALUE;
        }
    }

    private static boolean isWaiting(PgSwitchover each, String cluster, Instant now) {
        return each.getSpec().cluster().equals(cluster)
                && each.getMetadata().getDeletionTimestamp() == null
                && !PgSwitchoverStatus.isFinished(each.getStatus())
                && (startedAt(each).isPresent() || !notBefore(each).isAfter(now));
    }
}
