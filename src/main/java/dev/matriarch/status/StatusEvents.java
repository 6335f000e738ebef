package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgClusterStatus.Phase;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is told of a PgCluster whose status has changed. */
public final class StatusEvents {

    /** Reasons of a Ready that is False because that is wanted. */
    private static final Set<String> HIBERNATION =
            Set.of(EventReason.Hibernating.name(), EventReason.Hibernated.name());

    private final Told lately = new Told();

    /** One Event. */
    public record Event(EventReason reason, String message) {}

    /**
     * The Events.
     *
     * @param report what the status was made from
     * @param before the status before; null when there was none
     */
    public List<Event> of(
            PgCluster cluster, Report report, PgClusterStatus before, PgClusterStatus after, Instant now) {
        List<Event> events = new ArrayList<>();
        pause(before, after).ifPresent(events::add);
        ready(condition(before, "Ready"), condition(after, "Ready").orElseThrow())
                .ifPresent(events::add);
        StatusCondition accepted = condition(after, "Accepted").orElseThrow();
        boolean refused = accepted.status().equals("False"); // not only not looked at
        if (refused && !sameMessage(condition(before, "Accepted"), accepted)) {
            events.add(new Event(EventReason.Refused, accepted.message()));
        }
        StatusCondition progressing = condition(after, "Progressing").orElseThrow();
        // Where nothing is waited for, as with a spec that is refused before anything was made, there is nothing to
        // tell.
        if (progressing.isTrue() && (after.phase() == Phase.Failed || after.phase() == Phase.Degraded)) {
            String said = condition(before, "Progressing")
                    .map(StatusCondition::message)
                    .orElse("");
            // What keeps failing in two ways by turns is told once of each.
            troubles(report, progressing).stream()
                    .filter(each -> !said.contains(each)
                            && lately.isNews(cluster.getMetadata().getUid() + each, now))
                    .forEach(each -> events.add(new Event(EventReason.Trouble, each)));
        }
        return events;
    }

    private static Optional<Event> pause(PgClusterStatus before, PgClusterStatus after) {
        boolean paused = before != null && before.phase() == Phase.Paused;
        boolean pauses = after.phase() == Phase.Paused;
        if (pauses == paused) {
            return Optional.empty();
        }
        return Optional.of(
                pauses
                        ? new Event(
                                EventReason.Paused,
                                condition(after, "Progressing").orElseThrow().message())
                        : new Event(EventReason.Resumed, "spec.paused is false: the operator goes on."));
    }

    private static Optional<Event> ready(Optional<StatusCondition> before, StatusCondition ready) {
        boolean was = before.filter(StatusCondition::isTrue).isPresent();
        String reason = before.map(StatusCondition::reason).orElse("");
        if (ready.isTrue()) {
            return was ? Optional.empty() : Optional.of(new Event(EventReason.Ready, ready.message()));
        }
        if (!HIBERNATION.contains(ready.reason())) {
            return was ? Optional.of(new Event(EventReason.NotReady, ready.message())) : Optional.empty();
        }
        return ready.reason().equals(reason)
                ? Optional.empty()
                : Optional.of(new Event(EventReason.valueOf(ready.reason()), ready.message()));
    }

    /** What does not pass by itself, each alone; when there is no such thing, all that is waited for. */
    private static List<String> troubles(Report report, StatusCondition progressing) {
        List<String> all = report.waitings().stream()
                .filter(each -> each.reason().isTrouble())
                .map(Waiting::message)
                .distinct()
                .toList();
        return all.isEmpty() ? List.of(progressing.message()) : all;
    }

    private static boolean sameMessage(Optional<StatusCondition> before, StatusCondition after) {
        return before.filter(each -> each.message().equals(after.message())).isPresent();
    }

    private static Optional<StatusCondition> condition(PgClusterStatus status, String type) {
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(each -> each.type().equals(type))
                        .findFirst();
    }
}
