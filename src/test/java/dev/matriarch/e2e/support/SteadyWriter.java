package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client that writes all the time, one row after the other through {@code <cluster>-primary}, and knows which it was told are safe. */
public final class SteadyWriter implements AutoCloseable {

    /** How long it rests between two rows, and before it connects anew, in milliseconds. */
    private static final long REST = 5;

    /** SQLSTATE read_only_sql_transaction: what a standby says to who writes. */
    private static final String READ_ONLY = "25006";

    private final Cluster cluster;
    private final Database database;
    private final Thread thread = new Thread(this::write, "steady writer");
    private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private volatile boolean over;
    private volatile long ledToAStandbySince;
    private volatile long ledToAStandbyUntil;
    private volatile long lastAt = System.nanoTime();
    private volatile long longestGap;

    private SteadyWriter(Cluster cluster) {
        this.cluster = cluster;
        this.database = cluster.primary();
    }

    /** Makes the table {@code steady} anew and begins. */
    public static SteadyWriter begin(Cluster cluster) throws SQLException {
        cluster.primary().execute("drop table if exists steady", "create table steady (id bigint)");
        SteadyWriter writer = new SteadyWriter(cluster);
        writer.thread.setDaemon(true);
        writer.thread.start();
        return writer;
    }

    /** The ids that were acknowledged so far. */
    public List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** The longest time in which nothing was acknowledged, up to now. */
    public Duration longestGap() {
        return Duration.ofNanos(Math.max(longestGap, System.nanoTime() - lastAt));
    }

    /** From the first write that was refused because it had come to a standby, to the last. */
    public Duration ledToAStandbyFor() {
        return Duration.ofNanos(ledToAStandbyUntil - ledToAStandbySince);
    }

    /** Waits until some more rows are acknowledged than so far. */
    public void awaitMore(int rows) {
        int before = acknowledged.size();
        Waiting.await("writes go on").until(() -> acknowledged.size() >= before + rows);
    }

    /** Waits until each instance has all of these rows, and none twice. */
    public static void awaitEverywhere(Cluster cluster, int instances, List<String> acknowledged) {
        for (int ordinal = 0; ordinal < instances; ordinal++) {
            int each = ordinal;
            Waiting.await(cluster.name() + "-" + each + " has all that was acknowledged, once")
                    .untilAsserted(() -> {
                        List<String> ids = cluster.instance(each).column("select id from steady");
                        Set<String> present = new HashSet<>(ids);
                        assertThat(acknowledged.stream().filter(id -> !present.contains(id)))
                                .as("missing")
                                .isEmpty();
                        assertThat(ids).as("none twice").hasSize(present.size());
                    });
        }
    }

    private void write() {
        long id = System.currentTimeMillis() * 1000; // one of an earlier writer may arrive late
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
                        long now = System.nanoTime();
                        longestGap = Math.max(longestGap, now - lastAt);
                        lastAt = now;
                    }
                    Thread.sleep(REST);
                }
            } catch (SQLException e) {
                if (READ_ONLY.equals(e.getSQLState())) {
                    ledToAStandbyUntil = System.nanoTime();
                    ledToAStandbySince = ledToAStandbySince == 0 ? ledToAStandbyUntil : ledToAStandbySince;
                }
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

    /** Waits until writes are acknowledged that were sent after now. */
    public void awaitMore() {
        awaitMore(11);
    }

    /** Ends it once it was a load worth the name, and waits until every instance has all that was acknowledged, and nothing twice. */
    public void verify() {
        Waiting.await("a load worth the name").until(() -> acknowledged.size() > 50);
        List<String> all = end();
        awaitEverywhere(cluster, cluster.get().getSpec().instances(), all);
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
