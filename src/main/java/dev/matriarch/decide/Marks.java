package dev.matriarch.decide;

import java.util.List;

/**
 * Marks beside the data. A mark is written once the instance is known to hold data of this cluster, and before anything is built upon that
 * data; it never goes back.
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
        return instance.database()
                .filter(database -> database.systemIdentifier().equals(protocol.systemIdentifier()))
                .isPresent();
    }
}
