package dev.matriarch.chaos.client;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.LockSupport;

/** Reads through the Service of the standbys, over and over, and counts what fails. */
final class Reader implements Runnable {

    private static final long PAUSE_NANOS = 50_000_000;

    private final Way way;
    private final AttemptLog log;
    private final Rounds rounds;
    private Connection connection;

    Reader(Way way, AttemptLog log, Rounds rounds) {
        this.way = way;
        this.log = log;
        this.rounds = rounds;
    }

    @Override
    public void run() {
        try {
            while (true) {
                rounds.enter();
                try {
                    read();
                } finally {
                    rounds.done();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try {
            if (connection == null) {
                connection = way.connect();
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select pg_is_in_recovery()")) {
                row.next();
                if (row.getBoolean(1)) {
                    log.event('r');
                } else {
                    throw new SQLException("the Service of the standbys led to a primary");
                }
            }
        } catch (SQLException e) {
            log.event('f', AttemptLog.reason(e));
            Way.close(connection);
            connection = null;
        }
    }
}
