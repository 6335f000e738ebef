package dev.matriarch.decide;

import java.util.List;
import java.util.Optional;

/**
 * The timelines that an instance has left behind, as its history file says. What stands there never changes.
 *
 * @param ends the end of each; none on timeline 1, nor where the file could not be read
 */
public record History(List<End> ends) {

    /**
     * Where a timeline was left.
     *
     * @param timeline its number
     * @param position the next timeline goes on from here
     */
    public record End(long timeline, Lsn position) {}

    public History {
        ends = List.copyOf(ends);
    }

    /** That of timeline 1, or one that is not known. */
    public static History none() {
        return new History(List.of());
    }

    /** Where it left a timeline; empty: it was never on that one. */
    Optional<Lsn> end(long timeline) {
        return ends.stream()
                .filter(each -> each.timeline() == timeline)
                .map(End::position)
                .findFirst();
    }
}
