package dev.matriarch.status;

import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
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

    private SwitchoverTurn() {}

    /** When its turn came; empty: it has not. */
    static Optional<Instant> startedAt(PgSwitchover switchover) {
        return Optional.ofNullable(switchover.getStatus())
                .map(PgSwitchoverStatus::startedAt)
                .map(Instant::parse);
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

    /** Those that have started and not ended, in the words of the decision and in the order of their turn. */
    public static List<SwitchoverWish> wishes(String cluster, Collection<PgSwitchover> all) {
        return started(cluster, all).stream().map(SwitchoverTurn::wish).toList();
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

    /** The CRD lets no other than a quantity through; one that is larger than any lag, such as 16Ei, is as much as there can be. */
    private static long bytes(String quantity) {
        return Quantity.getAmountInBytes(Quantity.parse(quantity))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    private static boolean isWaiting(PgSwitchover each, String cluster, Instant now) {
        return each.getSpec().cluster().equals(cluster)
                && each.getMetadata().getDeletionTimestamp() == null
                && !PgSwitchoverStatus.isFinished(each.getStatus())
                && (startedAt(each).isPresent() || !notBefore(each).isAfter(now));
    }
}
