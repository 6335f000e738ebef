package dev.matriarch.postgres;

import dev.matriarch.decide.SelfFence.Heartbeat;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Gives a primary its heartbeat: reads its clock, then asks whether one may be given, then writes the reading back. See {@code SelfFence} for why in this order. */
final class Heart {

    /** How many heartbeats may be lost. */
    private static final int SPARE = 4;

    private static final String CLOCK = SqlText.load("clock.sql");
    private static final String HEARTBEAT = SqlText.load("heartbeat.sql");

    private long due = System.nanoTime();

    /**
     * One heartbeat, if it is time for it and it may be given.
     *
     * @param allowed what the record allows, read anew when it is asked
     */
    void beat(Connection connection, Supplier<Optional<Heartbeat>> allowed) throws SQLException {
        if (System.nanoTime() < due) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            String clock;
            String limit;
            try (ResultSet row = statement.executeQuery(CLOCK)) {
                row.next();
                clock = row.getString(1);
                limit = row.getString(2);
            }
            Optional<Heartbeat> heartbeat = allowed.get();
            if (heartbeat.isEmpty()) {
                return;
            }
            due = System.nanoTime() + heartbeat.get().limit().dividedBy(SPARE).toNanos();
            boolean heedsNone = limit == null || limit.equals("0");
            if (!heartbeat.get().limit().isZero() || !heedsNone) {
                statement.execute(HEARTBEAT.replace("LINE", line(clock, heartbeat.get())));
            }
        }
    }

    /**
     * What the supervisor reads.
     *
     * @param clock in seconds, with two decimals
     */
    static String line(String clock, Heartbeat heartbeat) throws SQLException {
        if (!clock.matches("[0-9]{1,12}\\.[0-9]{2}")) {
            throw new SQLException("not a clock: " + clock);
        }
        long reading = Long.parseLong(clock.replace(".", ""));
        Duration limit = heartbeat.limit();
        return reading + " " + limit.toSeconds() + " " + heartbeat.generation();
    }
}
