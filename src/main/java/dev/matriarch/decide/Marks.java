package dev.matriarch.decide;

import java.util.List;
import java.util.Optional;

/**
 * Marks beside the data. A mark is written once the instance is known to hold data of this cluster, and before anything is built upon that
 * data; it never goes back. That of a standby says the present timeline only once it is on that: before, what it has may not be in the primary's history
 * ({@link Following}).
 *
 * <p>Invariant: whoever acknowledges a commit, and under which rule, stands on its own claim before it can. A rule is put in force after the marks ({@link Decision}); and an elected is
 * promoted after its mark ({@link Promotion}). So whatever is lost of the status, the newest mark names the one that has all; or one that was elected with all, and is
 * not promoted yet.
 */
final class Marks {

    private Marks() {}

    static List<Step> writes(Observation seen) {
        if (!seen.protocol().initialised()) {
            return List.of();
        }
        Mark now = new Mark(seen.protocol());
        return seen.instances().stream()
                .filter(each -> each.mark().isEmpty() || !each.mark().get().equals(now))
                .filter(each -> holdsData(each, seen.protocol()))
                .<Step>map(each -> new Step.WriteMark(each.name(), now))
                .toList();
    }

    /** That of who is elected, if it is not the present one. */
    static Optional<Step> ofElected(Instance elected, Protocol protocol) {
        Mark now = new Mark(protocol);
        return elected.mark().equals(Optional.of(now))
                ? Optional.empty()
                : Optional.of(new Step.WriteMark(elected.name(), now));
    }

    private static boolean holdsData(Instance instance, Protocol protocol) {
        boolean leads = instance.name().equals(protocol.primary());
        return instance.database()
                .filter(database -> database.systemIdentifier().equals(protocol.systemIdentifier()))
                .filter(database -> leads ? !database.inRecovery() : database.timeline() == protocol.timeline())
                .isPresent();
    }
}
