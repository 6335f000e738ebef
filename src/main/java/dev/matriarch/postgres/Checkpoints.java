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

/** Checkpoints ahead of a stop. One can take minutes where much is to be written, so whoever asks waits a moment for it, and asks again later. */
@ApplicationScoped
public class Checkpoints {

    private static final Logger LOG = Logger.getLogger(Checkpoints.class);

    /** How long one may take. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** How long is waited for it. */
    private static final Duration MOMENT = Duration.ofMillis(300);

    private final Pools pools;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final ExecutorService writing = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "checkpoint");
        thread.setDaemon(true);
        return thread;
    });

    Checkpoints(Pools pools) {
        this.pools = pools;
    }

    /**
     * Begins one, unless one is under way for the same, and waits a moment for its end.
     *
     * @param of what it is for
     * @param ended called once when it has ended well, with how long it took
     * @throws SQLException when it failed within this moment; one that fails later is begun anew when it is asked for again
     */
    public void take(Server server, String of, Consumer<Duration> ended) throws SQLException {
        String key = server.id() + " " + of;
        CompletableFuture<Void> taken =
                underWay.computeIfAbsent(key, absent -> CompletableFuture.supplyAsync(() -> write(server), writing)
                        .thenAccept(ended));
        taken.whenComplete((nothing, failure) -> underWay.remove(key, taken));
        try {
            taken.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debugf("%s still writes its checkpoint", server);
        } catch (ExecutionException e) {
            throw new SQLException("no checkpoint: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long it took. */
    private Duration write(Server server) {
        long began = System.nanoTime();
        try (Connection connection = pools.fresh(server, "postgres", LIMIT);
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
            return Duration.ofNanos(System.nanoTime() - began);
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    @PreDestroy
    void end() {
        writing.shutdownNow();
    }
}
