package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The longest time without an acknowledged write. It is that of all writers of a kind in one client Pod together, by that Pod's monotonic
 * clock; of several Pods the longest counts. The time from the window's begin to the first acknowledgement counts, and that from the last one to its end: so a
 * kind of client that never comes back has a gap as long as the window, and not none.
 */
final class WriteGaps {

    private WriteGaps() {}

    /**
     * The longest gap of a kind of client, in microseconds.
     *
     * @param pods the attempts of each client Pod that the fault leaves alone
     * @param from begin of the window, microseconds since 1970
     * @param to its end
     */
    static long longest(Collection<List<Attempt>> pods, Way way, long from, long to) {
        return pods.stream()
                .mapToLong(attempts -> longest(acknowledgements(attempts, way, from, to), from, to))
                .max()
                .orElse(to - from);
    }

    /** The longest gap that any single writer of a kind saw. */
    static long longestOfOneWriter(Collection<List<Attempt>> pods, Way way, long from, long to) {
        return pods.stream()
                .flatMap(attempts -> attempts.stream()
                        .filter(attempt -> attempt.way() == way)
                        .map(Attempt::writer)
                        .distinct()
                        .map(writer -> attempts.stream()
                                .filter(attempt -> attempt.writer() == writer)
                                .toList()))
                .mapToLong(attempts -> longest(acknowledgements(attempts, way, from, to), from, to))
                .max()
                .orElse(to - from);
    }

    private static LongStream acknowledgements(List<Attempt> attempts, Way way, long from, long to) {
        return attempts.stream()
                .filter(attempt -> attempt.way() == way && attempt.outcome() == Outcome.ACKNOWLEDGED)
                .mapToLong(Attempt::ended)
                .filter(at -> at >= from && at <= to)
                .sorted();
    }

    private static long longest(LongStream sorted, long from, long to) {
        long last = from;
        long longest = 0;
        for (long at : LongStream.concat(sorted, LongStream.of(to)).toArray()) {
            longest = Math.max(longest, at - last);
            last = at;
        }
        return longest;
    }
}
