package dev.matriarch.chaos;

import java.util.List;
import java.util.Locale;

/** Medians as they are told: with the least and the most. */
final class Figures {

    private Figures() {}

    /** {@code median [least..most]}. */
    static String of(List<Long> values) {
        if (values.isEmpty()) {
            return "-";
        }
        List<Long> sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT, "%.0f [%d..%d]", median(sorted), sorted.get(0), sorted.get(sorted.size() - 1));
    }

    static double median(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2.0;
    }
}
