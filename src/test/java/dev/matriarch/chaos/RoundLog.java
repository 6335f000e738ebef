package dev.matriarch.chaos;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * What the clients say about the ids of a round, each list sorted. An id with two outcomes is in two lists, or twice in one.
 *
 * @param acknowledged must be there, once
 * @param unknown may be there
 * @param failed must not be there
 */
record RoundLog(long[] acknowledged, long[] unknown, long[] failed) {

    /** Of a round's attempts, by all clients. */
    static RoundLog of(Collection<List<Attempt>> pods) {
        return new RoundLog(
                ids(pods, attempt -> attempt.outcome() == Attempt.Outcome.ACKNOWLEDGED),
                ids(pods, attempt -> attempt.outcome() == Attempt.Outcome.UNKNOWN),
                ids(pods, attempt -> attempt.outcome() == Attempt.Outcome.FAILED));
    }

    private static long[] ids(Collection<List<Attempt>> pods, Predicate<Attempt> which) {
        return pods.stream()
                .flatMap(List::stream)
                .filter(which)
                .mapToLong(Attempt::id)
                .sorted()
                .toArray();
    }

    static boolean has(long[] sorted, long id) {
        return Arrays.binarySearch(sorted, id) >= 0;
    }

    /** Ids that stand more than once in a sorted list, each once. */
    static LongStream repeated(long[] sorted) {
        return LongStream.range(1, sorted.length)
                .filter(i -> sorted[(int) i] == sorted[(int) i - 1])
                .map(i -> sorted[(int) i])
                .distinct();
    }
}
