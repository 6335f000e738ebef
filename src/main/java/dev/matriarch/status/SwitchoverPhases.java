package dev.matriarch.status;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.PgSwitchoverStatus.PhaseTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The phases of a switchover so far, with the time that each took. */
final class SwitchoverPhases {

    private SwitchoverPhases() {}

    /**
     * The phases of one that has started.
     *
     * @param known how it is on record; empty: it is not
     * @param completedAt null: it has not ended
     */
    static List<PhaseTime> of(
            String startedAt, Phase phase, Optional<PgClusterStatus.Transition> known, String completedAt) {
        List<PhaseTime> begun = new ArrayList<>();
        begun.add(new PhaseTime(Phase.Preparing, startedAt, null));
        known.ifPresent(transition -> {
            transition
                    .planned()
                    .phases()
                    .forEach(each -> begun.add(new PhaseTime(Phase.valueOf(each.phase()), each.at(), null)));
            if (phase == Phase.Following || phase == Phase.Completed) {
                begun.add(new PhaseTime(Phase.Following, transition.endedAt(), null));
            }
        });
        boolean givenUp = phase == Phase.Failed && known.isPresent();
        return timed(begun, givenUp ? known.get().endedAt() : completedAt);
    }

    /**
     * Each lasts until the next begins, the last one until the end; null: it lasts.
     *
     * @param begun null: none
     */
    static List<PhaseTime> timed(List<PhaseTime> begun, String end) {
        List<PhaseTime> timed = new ArrayList<>();
        if (begun == null) {
            return timed;
        }
        for (int i = 0; i < begun.size(); i++) {
            String next = i + 1 < begun.size() ? begun.get(i + 1).startedAt() : end;
            PhaseTime each = begun.get(i);
            timed.add(new PhaseTime(each.name(), each.startedAt(), between(each.startedAt(), next)));
        }
        return timed;
    }

    /** In milliseconds; null where one of the two is not known. */
    private static Long between(String start, String end) {
        Optional<Instant> from = SwitchoverTurn.time(start);
        return SwitchoverTurn.time(end)
                .filter(to -> from.isPresent())
                .map(to -> Math.max(0, Duration.between(from.get(), to).toMillis()))
                .orElse(null);
    }
}
