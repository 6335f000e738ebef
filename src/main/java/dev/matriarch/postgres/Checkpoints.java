package dev.matriarch.postgres;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Deeds that take a checkpoint. One can take minutes where much is to be written, so whoever asks waits a moment for it, and asks again later. */
@ApplicationScoped
public class Checkpoints {

    private static final Logger LOG = Logger.getLogger(Checkpoints.class);

    /** How long one may take. */
    static final Duration LIMIT = Duration.ofMinutes(10);

    /** How long is waited for it. */
    private static final Duration MOMENT = Duration.ofMillis(300);

    private final Pools pools;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final ExecutorService working = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "checkpoint");
        thread.setDaemon(true);
        return thread;
    });

    Checkpoints(Pools pools) {
        this.pools = pools;
    }

    /** What takes a checkpoint. */
    @FunctionalInterface
    public interface Deed {
        void run() throws SQLException;
    }

    /**
     * Begins one, unless one is under way for the same, and waits a moment for its end.
     *
     * @param of what it is for
     * @param ended called once when it has ended well, with how long it took
     * @throws SQLException when it failed within this moment; one that fails later is begun anew when it is asked for again
     */
    public void take(Server server, String of, Consumer<Duration> ended) throws SQLException {
        begin(server, of, () -> {
            long began = System.nanoTime();
            write(server);
            ended.accept(Duration.ofNanos(System.nanoTime() - began));
        });
    }

    /**
     * Begins a deed that takes one, unless one is under way for the same, and waits a moment for its end.
     *
     * @param of what it is for
     * @throws SQLException when it failed within this moment; one that fails later is begun anew when it is asked for again
     */
    public void begin(Server server, String of, Deed deed) throws SQLException {
        String key = server.id() + " " + of;
        CompletableFuture<Void> begun =
                underWay.computeIfAbsent(key, absent -> CompletableFuture.runAsync(() -> run(deed), working));
        begun.whenComplete((nothing, failure) -> underWay.remove(key, begun));
        try {
            begun.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debugf("%s still writes a checkpoint for %s", server, of);
        } catch (ExecutionException e) {
            throw new SQLException("no checkpoint: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Deed deed) {
        try {
            deed.run();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private void write(Server server) throws SQLException {
        try (Connection connection = pools.fresh(server, "postgres", LIMIT);
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        }
    }

    @PreDestroy
    void end() {
        working.shutdownNow();
    }
}
