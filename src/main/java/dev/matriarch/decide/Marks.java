package dev.matriarch.decide;

import java.util.List;

/**
 * Marks beside the data. A mark is written once the instance is known to hold data of this cluster, and before anything is built upon that
 * data; it never goes back. That of a standby says the present timeline only once it is on that: before, what it has may not be in the primary's history
 * ({@link Following}).
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

    private static boolean holdsData(Instance instance, Protocol protocol) {
        boolean leads = instance.name().equals(protocol.primary());
        return instance.database()
                .filter(database -> database.systemIdentifier().equals(protocol.systemIdentifier()))
                .filter(database -> leads || database.timeline() == protocol.timeline())
                .isPresent();
    }
}
