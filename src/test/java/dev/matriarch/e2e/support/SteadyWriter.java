package dev.matriarch.e2e.support;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client that writes all the time through {@code <cluster>-primary}, each number once, and remembers which of them were acknowledged. */
public final class SteadyWriter implements AutoCloseable {

    private final Database database;
    private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "steady writer");
    private volatile boolean over;
    private long next;

    /** Makes the table {@code written} and begins. */
    public SteadyWriter(Cluster cluster) throws SQLException {
        database = cluster.primary();
        database.execute("create table written (number bigint)"); // no key: what is there twice is to be seen
        thread.setDaemon(true);
        thread.start();
    }

    /** All that was acknowledged so far. */
    public List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    private void run() {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("connectTimeout", "1");
        properties.setProperty("loginTimeout", "2");
        properties.setProperty("socketTimeout", "2");
        while (!over) {
            try (Connection connection = DriverManager.getConnection(database.url(), properties);
                    PreparedStatement insert = connection.prepareStatement("insert into written values (?)")) {
                while (!over) {
                    long number = ++next;
                    insert.setLong(1, number);
                    insert.executeUpdate();
                    if (insert.getWarnings() == null) {
                        acknowledged.add(String.valueOf(number));
                    }
                    Thread.sleep(10);
                }
            } catch (SQLException e) {
                pause(); // that one may or may not be there; its number is not used again
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
