package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The longest time without an acknowledged write. It is that of all writers of a kind in one client Pod together, by that Pod's monotonic
 * clock; of several Pods the longest counts. The time from the window's begin to the first acknowledgement counts, and that from the last one to its end: so a
 * kind of client that never comes back has a gap as long as the window, and not none.
 */
final class WriteGaps {

    private WriteGaps() {}

    /** A time without an acknowledged write: microseconds since 1970. */
    record Gap(long from, long to) {

        long micros() {
            return to - from;
        }

        long millis() {
            return micros() / 1000;
        }
    }

    /**
     * The longest gap of a kind of client.
     *
     * @param pods the attempts of each client Pod that the fault leaves alone; those without such writers do not count
     * @param from begin of the window, microseconds since 1970
     * @param to its end
     */
    static Gap longest(Collection<List<Attempt>> pods, Way way, long from, long to) {
        return pods.stream()
                .filter(attempts -> attempts.stream().anyMatch(attempt -> attempt.way() == way))
                .map(attempts -> longest(acknowledgements(attempts, way, from, to), from, to))
                .max(Comparator.comparingLong(Gap::micros))
                .orElse(new Gap(from, to));
    }

    /** The longest gap that any single writer of a kind saw. */
    static Gap longestOfOneWriter(Collection<List<Attempt>> pods, Way way, long from, long to) {
        return ofEachWriter(pods, way, from, to).stream()
                .max(Comparator.comparingLong(Gap::micros))
                .orElse(new Gap(from, to));
    }

    /** The longest gap of every single writer of a kind. */
    static List<Gap> ofEachWriter(Collection<List<Attempt>> pods, Way way, long from, long to) {
        return pods.stream()
                .flatMap(attempts -> attempts.stream()
                        .filter(attempt -> attempt.way() == way)
                        .map(Attempt::writer)
                        .distinct()
                        .map(writer -> attempts.stream()
                                .filter(attempt -> attempt.writer() == writer)
                                .toList()))
                .map(attempts -> longest(acknowledgements(attempts, way, from, to), from, to))
                .toList();
    }

    private static LongStream acknowledgements(List<Attempt> attempts, Way way, long from, long to) {
        return attempts.stream()
                .filter(attempt -> attempt.way() == way && attempt.outcome() == Outcome.ACKNOWLEDGED)
                .mapToLong(Attempt::ended)
                .filter(at -> at >= from && at <= to)
                .sorted();
    }

    /** The longest time without any of these moments, which are sorted. */
    static Gap longest(LongStream sorted, long from, long to) {
        long last = from;
        Gap longest = new Gap(from, from);
        for (long at : LongStream.concat(sorted, LongStream.of(to)).toArray()) {
            if (at - last > longest.micros()) {
                longest = new Gap(last, at);
            }
            last = at;
        }
        return longest;
    }
}
