package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What happened in a {@link World}, one line a step: its number, the seconds since the beginning, who, and what. Put into words only when it is read. */
final class Trace {

    /** A line, to which it can be added that nothing came of it. */
    static final class Line {
        private final Instant at;
        private final String who;
        private final Supplier<String> what;
        private String outcome = "";

        private Line(Instant at, String who, Supplier<String> what) {
            this.at = at;
            this.who = who;
            this.what = what;
        }

        void notDone(String why) {
            outcome = " -- " + why;
        }
    }

    private final Instant beginning;
    private final List<Line> lines = new ArrayList<>();

    Trace(Instant beginning) {
        this.beginning = beginning;
    }

    /** What is said later must not have changed by then: it says what was, not what is. */
    Line note(Instant at, String who, Supplier<String> what) {
        Line line = new Line(at, who, what);
        lines.add(line);
        return line;
    }

    /** The last so many lines. */
    String last(int number) {
        return IntStream.range(Math.max(0, lines.size() - number), lines.size())
                .mapToObj(this::words)
                .collect(Collectors.joining("\n"));
    }

    /** All of it. */
    @Override
    public String toString() {
        return last(lines.size());
    }

    private String words(int number) {
        Line line = lines.get(number);
        double seconds = Duration.between(beginning, line.at).toMillis() / 1000.0;
        return "%5d %9.3f  %-10s  %s%s".formatted(number + 1, seconds, line.who, line.what.get(), line.outcome);
    }
}
