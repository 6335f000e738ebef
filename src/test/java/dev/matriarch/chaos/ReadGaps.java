package dev.matriarch.chaos;

import dev.matriarch.chaos.WriteGaps.Gap;
import java.util.List;

/**
 * The longest time without a read that succeeded, of one reader, by its Pod's monotonic clock. The time from the window's begin to its first read counts, and
 * that from the last one to its end. Of a reader to which nothing happens it is its pause between two reads, and what a read takes.
 */
final class ReadGaps {

    private ReadGaps() {}

    /**
     * The longest gap of a reader.
     *
     * @param reads what it did, in this order
     * @param from begin of the window, microseconds since 1970
     * @param to its end
     */
    static Gap longest(List<ClientLog.Read> reads, long from, long to) {
        return WriteGaps.longest(
                reads.stream()
                        .filter(ClientLog.Read::succeeded)
                        .mapToLong(ClientLog.Read::at)
                        .filter(at -> at >= from && at <= to)
                        .sorted(),
                from,
                to);
    }
}
