package dev.matriarch.status;

import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.StatusCondition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The two conditions of a PgSwitchover: Complete and Failed. */
record SwitchoverConditions(PgSwitchover self, Instant now) {

    /** It has ended as was wanted. */
    List<StatusCondition> completed(String message) {
        return List.of(
                condition("Complete", true, SwitchoverReason.SwitchedOver, message),
                condition("Failed", false, SwitchoverReason.SwitchedOver, "It was completed."));
    }

    /** It has ended otherwise. */
    List<StatusCondition> failed(SwitchoverReason reason, String message) {
        return List.of(condition("Complete", false, reason, message), condition("Failed", true, reason, message));
    }

    /** It has not begun. */
    List<StatusCondition> waiting(SwitchoverReason reason, String message) {
        return List.of(
                condition("Complete", false, reason, message),
                condition("Failed", false, reason, "It has not failed."));
    }

    /** It has begun. */
    List<StatusCondition> underWay(PgSwitchoverStatus.Phase phase, String message) {
        SwitchoverReason reason = SwitchoverReason.valueOf(phase.name());
        return List.of(
                condition("Complete", false, reason, message), condition("Failed", false, reason, "It is under way."));
    }

    private StatusCondition condition(String type, boolean holds, SwitchoverReason reason, String message) {
        String word = holds ? "True" : "False";
        String since = Optional.ofNullable(self.getStatus()).map(PgSwitchoverStatus::conditions).stream()
                .flatMap(List::stream)
                .filter(each -> type.equals(each.type()) && word.equals(each.status()))
                .map(StatusCondition::lastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new StatusCondition(
                type, word, reason.name(), message, self.getMetadata().getGeneration(), since);
    }
}
