package dev.matriarch.e2e.support;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A client that connects anew for each read through {@code <cluster>-replicas}, and remembers each that failed. */
public final class SteadyReader implements AutoCloseable {

    /**
     * How long what a Service leads to no more may still be led to: until each node's proxy has done what the slices say. They do so once a second at most; the rest is for a
     * machine that has other things to do.
     */
    public static final Duration PROXIES = Duration.ofSeconds(5);

    /** How long it rests between two reads, in milliseconds. */
    private static final long REST = 10;

    private final Cluster cluster;
    private final Database database;
    private final Thread thread = new Thread(this::read, "steady reader");
    private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean over;
    private volatile boolean ledToAPrimary;

    /**
     * A read that failed.
     *
     * @param began when it began, by {@link System#nanoTime}
     */
    public record Failure(long began, String what) {}

    private SteadyReader(Cluster cluster) {
        this.cluster = cluster;
        this.database = cluster.replicas();
    }

    /** Begins, and returns when it has read. */
    public static SteadyReader begin(Cluster cluster) {
        SteadyReader reader = new SteadyReader(cluster);
        reader.thread.setDaemon(true);
        reader.thread.start();
        reader.awaitMore();
        return reader;
    }

    /** Waits until reads have succeeded that began after now. */
    public void awaitMore() {
        int before = reads.get();
        Waiting.await("reads go on").until(() -> reads.get() > before + 20);
    }

    /** Waits until the Service leads to this address no more. Returns when that was seen, by {@link System#nanoTime}. */
    public long awaitNotLedTo(String address) {
        Waiting.await(cluster.name() + "-replicas leads to " + address + " no more")
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !addresses().contains(address));
        return System.nanoTime();
    }

    /** The addresses of Pods that the Service leads to. */
    public Set<String> addresses() {
        return TestCluster.client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(cluster.namespace())
                .withLabel("kubernetes.io/service-name", cluster.name() + "-replicas")
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
                .map(Endpoint::getAddresses)
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }

    /** The reads that failed. */
    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** Those of them that began after the proxies had the time to do what was seen then. */
    public List<Failure> failuresAfter(long nanoTime) {
        return failures.stream()
                .filter(each -> each.began() - nanoTime > PROXIES.toNanos())
                .toList();
    }

    /** Whether a read was ever answered by an instance that led. */
    public boolean wasLedToAPrimary() {
        return ledToAPrimary;
    }

    private void read() {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "3");
        while (!over) {
            long began = System.nanoTime();
            try (Connection connection = DriverManager.getConnection(database.url(), properties);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select pg_is_in_recovery()")) {
                row.next();
                ledToAPrimary |= !row.getBoolean(1);
                reads.incrementAndGet();
            } catch (SQLException e) {
                failures.add(new Failure(began, e.getSQLState() + " " + e.getMessage()));
            }
            try {
                Thread.sleep(REST);
            } catch (InterruptedException e) {
                return;
            }
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
