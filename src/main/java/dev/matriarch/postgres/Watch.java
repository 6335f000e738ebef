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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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

    /** What ends sooner has failed at once. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    /** Pauses after that: each is twice the one before. */
    private static final Duration SHORTEST = Duration.ofMillis(50);

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration LONGEST_WITH_HEARTBEAT = Duration.ofSeconds(1);

    /** Who streams from it: a standby that dies, or is promoted, makes no noise in Kubernetes. And what its disk does. */
    private static final String QUESTION = SqlText.load("watch.sql");

    private final Pools pools;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    /** What ended of itself last, under each name. */
    private final Map<String, Ended> ended = new ConcurrentHashMap<>();

    Watch(Pools pools) {
        this.pools = pools;
    }

    /** For how long a small write has hung, and when that was said. */
    private record Stalled(Duration hung, long at) {}

    /** How long the next session at the same server waits before it begins. */
    private record Ended(Server server, Duration pause) {}

    private final class Watched implements Runnable {
        private final String name;
        private final Server server;
        private final Duration pause;
        private final Runnable changed;
        private final Heart heart = new Heart();
        private volatile Optional<Supplier<Optional<Heartbeat>>> heartbeat;
        private final SmallWrite disk;
        private volatile Stalled stalled = new Stalled(Duration.ZERO, System.nanoTime());
        private volatile boolean over;

        Watched(String name, Server server, Runnable changed, Optional<Supplier<Optional<Heartbeat>>> heartbeat) {
            this.name = name;
            this.server = server;
            this.pause = pauseBefore(name, server);
            this.changed = changed;
            this.heartbeat = heartbeat;
            this.disk = new SmallWrite(pools, server);
        }

        @Override
        public void run() {
            long began = System.nanoTime();
            try {
                if (!over) {
                    watch();
                }
            } catch (SQLException e) {
                LOG.debugf("The session at %s has ended: %s", server, e.getMessage());
            } finally {
                if (!over) {
                    Duration lived = Duration.ofNanos(System.nanoTime() - began);
                    ended.put(name, new Ended(server, pauseAfter(lived, pause, heartbeat.isPresent())));
                }
                watched.values().remove(this);
                if (!over) {
                    changed.run();
                }
            }
        }

        private void watch() throws SQLException {
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
     * @param changed called when other standbys stream from it than before, and once when the session ended by itself; it is then no longer watched.
     *     Whoever has it watched again then has a session begun after a pause, if the one that ended had lasted for less than a second
     * @param heartbeat asked for each heartbeat what the record allows; empty where none is needed
     */
    public void over(String name, Server server, Runnable changed, Optional<Supplier<Optional<Heartbeat>>> heartbeat) {
        Watched watching = new Watched(name, server, changed, heartbeat);
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
            Executor own = task -> {
                Thread thread = new Thread(task, "watch " + name);
                thread.setDaemon(true);
                thread.start();
            };
            long millis = watching.pause.toMillis();
            (millis == 0 ? own : CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, own))
                    .execute(watching);
        }
    }

    private Duration pauseBefore(String name, Server server) {
        Ended last = ended.get(name);
        return last != null && last.server().equals(server) ? last.pause() : Duration.ZERO;
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
        ended.remove(name);
        Watched present = watched.remove(name);
        if (present != null) {
            present.over = true;
        }
    }

    /**
     * How long is waited before the next session begins. One that ends at once, because all connections are taken or a password was altered by hand, would else
     * be begun again as fast as the cluster can be looked at.
     *
     * @param lived how long the last one lasted, or was tried
     * @param before how long was waited before it
     * @param beats whether the server stops itself without heartbeats, after 5 s at the least: then the longest pause is 1 s, else 5 s
     */
    static Duration pauseAfter(Duration lived, Duration before, boolean beats) {
        if (lived.compareTo(AT_ONCE) >= 0) {
            return Duration.ZERO;
        }
        Duration longest = beats ? LONGEST_WITH_HEARTBEAT : LONGEST;
        Duration doubled = before.isZero() ? SHORTEST : before.multipliedBy(2);
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    @PreDestroy
    void endAll() {
        watched.keySet().forEach(this::end);
    }
}
