package dev.matriarch.postgres;

import dev.matriarch.decide.SelfFence.Heartbeat;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;

/**
 * Watches servers. A session that is held open ends within milliseconds of the postmaster's death, and a question each second notices one that falls silent. That
 * it ended is told and decides nothing: somebody then looks. Where a primary stops itself without a heartbeat, it is given by the same session, so
 * that it depends on nothing else that the operator does.
 */
@ApplicationScoped
public class Watch {

    private static final Logger LOG = Logger.getLogger(Watch.class);

    /** How often the server is asked. */
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** How long it may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Pools pools;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    Watch(Pools pools) {
        this.pools = pools;
    }

    private final class Watched implements Runnable {
        private final Server server;
        private final Runnable ended;
        private final Heart heart = new Heart();
        private volatile Optional<Supplier<Optional<Heartbeat>>> heartbeat;
        private volatile boolean over;

        Watched(Server server, Runnable ended, Optional<Supplier<Optional<Heartbeat>>> heartbeat) {
            this.server = server;
            this.ended = ended;
            this.heartbeat = heartbeat;
        }

        @Override
        public void run() {
            try (Connection connection = pools.fresh(server);
                    Statement statement = connection.createStatement()) {
                connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
                while (!over) {
                    statement.execute("select");
                    if (heartbeat.isPresent()) {
                        heart.beat(connection, heartbeat.get());
                    }
                    // Waits for data, which nobody sends: the end of the connection is what ends the waiting early.
                    connection.unwrap(PGConnection.class).getNotifications((int) EVERY.toMillis());
                }
            } catch (SQLException e) {
                LOG.debugf("The session at %s has ended: %s", server, e.getMessage());
            } finally {
                watched.values().remove(this);
                if (!over) {
                    ended.run();
                }
            }
        }
    }

    /**
     * Watches a server from now on, instead of the one that was watched under this name before.
     *
     * @param name for what it is watched
     * @param ended called once when the session ended by itself; it is then no longer watched
     * @param heartbeat asked for each heartbeat what the record allows; empty where none is needed
     */
    public void over(String name, Server server, Runnable ended, Optional<Supplier<Optional<Heartbeat>>> heartbeat) {
        watched.compute(name, (key, present) -> {
            if (present != null && present.server.equals(server)) {
                present.heartbeat = heartbeat;
                return present;
            }
            if (present != null) {
                present.over = true;
            }
            Watched watching = new Watched(server, ended, heartbeat);
            Thread thread = new Thread(watching, "watch " + name);
            thread.setDaemon(true);
            thread.start();
            return watching;
        });
    }

    /** Watches nothing under this name any more. */
    public void end(String name) {
        Watched present = watched.remove(name);
        if (present != null) {
            present.over = true;
        }
    }

    @PreDestroy
    void endAll() {
        watched.keySet().forEach(this::end);
    }
}
