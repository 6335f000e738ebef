package dev.matriarch.chaos.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes one row a transaction, one transaction at a time, each row with an id that is used once and never again. What became of an id that was
 * not acknowledged is never guessed and never tried again under the same id: so an acknowledged id that is not there is a loss, and an
 * id that is there twice a duplicate, without exceptions.
 */
final class Writer implements Runnable {

    private static final long NANOS = 1_000_000_000L;
    private static final long BEFORE_THE_NEXT_CONNECTION = NANOS / 50;

    private final int number;
    private final Way way;
    private final double perSecond;
    private final AttemptLog log;
    private final Rounds rounds;
    private long sequence;
    private Connection connection;
    private PreparedStatement insert;

    Writer(int number, Way way, double perSecond, AttemptLog log, Rounds rounds) {
        this.number = number;
        this.way = way;
        this.perSecond = perSecond;
        this.log = log;
        this.rounds = rounds;
    }

    /** The id of a row: no other writer, process or attempt has it. */
    static long id(int incarnation, int writer, long sequence) {
        return ((incarnation * 1000L + writer) << 32) | sequence;
    }

    @Override
    public void run() {
        long pause = (long) (NANOS / perSecond);
        long next = System.nanoTime();
        try {
            while (true) {
                int round = rounds.enter();
                try {
                    if (connected()) {
                        write(round);
                    }
                } finally {
                    rounds.done();
                }
                if (connection == null) {
                    LockSupport.parkNanos(BEFORE_THE_NEXT_CONNECTION);
                }
                // What a gap has kept back is not made good afterwards: that would be another load than before.
                next = Math.max(next + pause, System.nanoTime() - pause);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean connected() {
        if (connection != null) {
            return true;
        }
        try {
            connection = way.connect();
            connection.setAutoCommit(false);
            insert = connection.prepareStatement("insert into chaos_writes (round, id) values (?, ?)");
            return true;
        } catch (SQLException e) {
            log.event('X', number, AttemptLog.reason(e));
            disconnect();
            return false;
        }
    }

    private void write(int round) {
        long attempt = ++sequence;
        log.event('S', number, attempt);
        try {
            insert.setInt(1, round);
            insert.setLong(2, id(log.incarnation(), number, attempt));
            insert.executeUpdate();
        } catch (SQLException e) {
            log.event('F', number, attempt, AttemptLog.reason(e));
            disconnect();
            return;
        }
        try {
            long sent = System.nanoTime();
            connection.commit();
            long took = System.nanoTime() - sent;
            // A commit whose wait for standbys was cancelled is answered as if it were well, with a warning.
            if (connection.getWarnings() == null) {
                log.event('A', number, attempt, took / 1000);
            } else {
                log.event('U', number, attempt, AttemptLog.reason(connection.getWarnings()));
                connection.clearWarnings();
            }
        } catch (SQLException e) {
            log.event('U', number, attempt, AttemptLog.reason(e));
            disconnect();
        }
    }

    private void disconnect() {
        Way.close(connection);
        connection = null;
    }
}
