package dev.matriarch.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Compares what clients were told with what instances hold, id by id. It is pure, so it can be shown to find what it is there to find.
 *
 * @param acknowledged how many writes were
 * @param unknown how many attempts have no known outcome
 * @param unknownThere how many of these are in the database
 * @param lost acknowledged and not there, one line each: id and instance
 * @param duplicated on an instance twice, or acknowledged twice
 * @param unexplained there, and no client sent it or saw it committed; or not the same on all instances
 */
record Verification(
        int acknowledged,
        int unknown,
        int unknownThere,
        List<String> lost,
        List<String> duplicated,
        List<String> unexplained) {

    /**
     * Compares a round.
     *
     * @param rows the ids that each instance holds of that round, in any order
     */
    static Verification compare(RoundLog log, Map<String, long[]> rows) {
        List<String> lost = new ArrayList<>();
        List<String> duplicated = new ArrayList<>();
        List<String> unexplained = new ArrayList<>();
        RoundLog.repeated(log.acknowledged()).forEach(id -> duplicated.add(words(id) + " was acknowledged twice"));
        Map<String, long[]> held = new TreeMap<>();
        rows.forEach((instance, ids) ->
                held.put(instance, LongStream.of(ids).sorted().toArray()));
        held.forEach((instance, ids) -> {
            for (long id : log.acknowledged()) {
                if (!RoundLog.has(ids, id)) {
                    lost.add(words(id) + " is not on " + instance);
                }
            }
            RoundLog.repeated(ids).forEach(id -> duplicated.add(words(id) + " is more than once on " + instance));
            for (long id : ids) {
                if (!RoundLog.has(log.acknowledged(), id) && !RoundLog.has(log.unknown(), id)) {
                    unexplained.add(words(id) + " is on " + instance + " and "
                            + (RoundLog.has(log.failed(), id) ? "was never committed" : "nobody sent it"));
                }
            }
        });
        int unknownThere = 0;
        for (long id : log.unknown()) {
            List<String> holders = held.entrySet().stream()
                    .filter(each -> RoundLog.has(each.getValue(), id))
                    .map(Map.Entry::getKey)
                    .toList();
            if (!holders.isEmpty()) {
                unknownThere++;
                if (holders.size() < held.size()) {
                    unexplained.add(words(id) + " is on " + holders + " only");
                }
            }
        }
        return new Verification(
                log.acknowledged().length, log.unknown().length, unknownThere, lost, duplicated, unexplained);
    }

    /** Nothing lost, nothing twice, nothing that cannot be explained. */
    boolean clean() {
        return lost.isEmpty() && duplicated.isEmpty() && unexplained.isEmpty();
    }

    /** Everything that is wrong, the first few of each kind. */
    List<String> complaints() {
        List<String> all = new ArrayList<>();
        for (List<String> kind : Arrays.asList(lost, duplicated, unexplained)) {
            all.addAll(kind.subList(0, Math.min(kind.size(), 10)));
            if (kind.size() > 10) {
                all.add("... and " + (kind.size() - 10) + " more");
            }
        }
        return Collections.unmodifiableList(all);
    }

    /** How many acknowledged writes are missing somewhere. */
    long losses() {
        return lost.stream()
                .map(line -> line.replaceFirst(" is not on .*", ""))
                .distinct()
                .count();
    }

    private static String words(long id) {
        return "write " + (id >>> 32) % 1000 + "/" + (id & 0xffffffffL) + " of process " + (id >>> 32) / 1000;
    }
}
