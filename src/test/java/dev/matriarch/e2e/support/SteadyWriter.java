package dev.matriarch.e2e.support;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client that writes all the time, one row after the other through {@code <cluster>-primary}, and knows which it was told are safe. */
public final class SteadyWriter implements AutoCloseable {

    /** How long it rests between two rows, and before it connects anew, in milliseconds. */
    private static final long REST = 5;

    private final Database database;
    private final Thread thread = new Thread(this::write, "steady writer");
    private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private SteadyWriter(Database database) {
        this.database = database;
    }

    /** Makes the table {@code steady} and begins. */
    public static SteadyWriter begin(Cluster cluster) throws SQLException {
        cluster.primary().execute("create table if not exists steady (id bigint)");
        SteadyWriter writer = new SteadyWriter(cluster.primary());
        writer.thread.setDaemon(true);
        writer.thread.start();
        return writer;
    }

    /** The ids that were acknowledged so far. */
    public List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    private void write() {
        long id = 0;
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("connectTimeout", "1");
        properties.setProperty("socketTimeout", "3");
        while (!over) {
            try (Connection connection = DriverManager.getConnection(database.url(), properties);
                    PreparedStatement insert = connection.prepareStatement("insert into steady values (?)")) {
                while (!over) {
                    insert.setLong(1, ++id); // never tried again: one that was not acknowledged may be there or not
                    insert.executeUpdate();
                    if (insert.getWarnings() == null) { // a wait for standbys that was cancelled is told by a warning
                        acknowledged.add(String.valueOf(id));
                    }
                    Thread.sleep(REST);
                }
            } catch (SQLException e) {
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(REST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it; what was acknowledged. */
    public List<String> end() {
        close();
        return acknowledged();
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
