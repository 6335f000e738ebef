package dev.matriarch.postgres;

import dev.matriarch.decide.SelfFence.Heartbeat;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    /** From when on a small write that hangs has the cluster looked at each second. */
    private static final Duration HANGS = Duration.ofSeconds(5);

    /** How old what a server said of its disk may be. */
    private static final Duration FRESH = Duration.ofMillis(2_500);

    /** Who streams from it: a standby that dies, or is promoted, makes no noise in Kubernetes. And what its disk does. */
    private static final String QUESTION = SqlText.load("watch.sql");

    private final Pools pools;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    Watch(Pools pools) {
        this.pools = pools;
    }

    /** For how long a small write has hung, and when that was said. */
    private record Stalled(Duration hung, long at) {}

    private final class Watched implements Runnable {
        private final Server server;
        private final Runnable changed;
        private final Heart heart = new Heart();
        private volatile Optional<Supplier<Optional<Heartbeat>>> heartbeat;
        private final SmallWrite disk;
        private volatile Stalled stalled = new Stalled(Duration.ZERO, System.nanoTime());
        private volatile boolean over;

        Watched(Server server, Runnable changed, Optional<Supplier<Optional<Heartbeat>>> heartbeat) {
            this.server = server;
            this.changed = changed;
            this.heartbeat = heartbeat;
            this.disk = new SmallWrite(pools, server);
        }

        @Override
        public void run() {
            try (Connection connection = pools.fresh(server);
                    PreparedStatement statement = connection.prepareStatement(QUESTION)) {
                connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
                String seen = ask(statement);
                while (!over) {
                    String now = ask(statement);
                    if (!now.equals(seen)) {
                        changed.run();
                    }
                    seen = now;
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
                    changed.run();
                }
            }
        }

        /** Who streams from it. */
        private String ask(PreparedStatement statement) throws SQLException {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Duration hung = Duration.ofMillis(row.getLong(4));
                disk.seen(row.getString(2), row.getBoolean(3), hung);
                stalled = new Stalled(hung, System.nanoTime());
                if (hung.compareTo(HANGS) >= 0) {
                    changed.run();
                }
                return row.getString(1);
            }
        }
    }

    /**
     * Watches a server from now on, instead of the one that was watched under this name before.
     *
     * @param name for what it is watched
     * @param changed called when other standbys stream from it than before, and once when the session ended by itself; it is then no longer watched
     * @param heartbeat asked for each heartbeat what the record allows; empty where none is needed
     */
    public void over(String name, Server server, Runnable changed, Optional<Supplier<Optional<Heartbeat>>> heartbeat) {
        Watched watching = new Watched(server, changed, heartbeat);
        Watched now = watched.compute(name, (key, present) -> {
            if (present != null && present.server.equals(server)) {
                present.heartbeat = heartbeat;
                return present;
            }
            if (present != null) {
                present.over = true;
            }
            return watching;
        });
        if (now == watching) { // begun only when it is in the table, from which its end removes it
            Thread thread = new Thread(watching, "watch " + name);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /**
     * For how long a small write has hung at what is watched under this name, as it said a moment ago; zero where none is known to, or nothing was said.
     *
     * @param server the one that is meant; of another nothing is said
     */
    public Duration stalled(String name, Server server) {
        Watched present = watched.get(name);
        if (present == null || !present.server.equals(server)) {
            return Duration.ZERO;
        }
        Stalled last = present.stalled;
        return System.nanoTime() - last.at() < FRESH.toNanos() ? last.hung() : Duration.ZERO;
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
