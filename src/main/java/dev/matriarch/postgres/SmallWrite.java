package dev.matriarch.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Finds out whether the disk of a primary takes writes: commits something small, without waiting for any standby. Should that hang, PostgreSQL itself says since when, in
 * {@code pg_stat_activity}, to whoever asks: also to another operator, and also when the session that began it was given up.
 *
 * <p>It is done only where it may tell something: WAL has been waiting to be written, or somebody for a write, for as long as the primary was not seen to have
 * written any WAL. So an idle cluster is never written to, nor one that is busy and well. One such commit is about 100 bytes of WAL; it hangs at most once
 * per primary, because nobody begins another while one is under way.
 */
final class SmallWrite {

    private static final Logger LOG = Logger.getLogger(SmallWrite.class);

    /** How long nothing may have been written before it is tried. */
    private static final Duration STILL = Duration.ofMillis(900);

    /** How seldom it is done at most. */
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final Pools pools;
    private final Server server;
    private final AtomicBoolean underWay = new AtomicBoolean();

    private String written = "";
    private long since = System.nanoTime();
    private long due = System.nanoTime();

    SmallWrite(Pools pools, Server server) {
        this.pools = pools;
        this.server = server;
    }

    /**
     * Says what was seen; begins a write if it is time for it.
     *
     * @param position how much WAL is written
     * @param waits whether anybody may be waiting for the disk
     * @param hung for how long such a write has been under way; zero: none is
     */
    void seen(String position, boolean waits, Duration hung) {
        long now = System.nanoTime();
        if (!waits || !position.equals(written)) {
            written = position;
            since = now;
            return;
        }
        boolean still = now - since >= STILL.toNanos();
        if (still && hung.isZero() && now - due >= 0 && underWay.compareAndSet(false, true)) {
            due = now + EVERY.toNanos();
            Thread thread = new Thread(this::write, "small write " + server);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void write() {
        try (Connection connection = pools.fresh(server);
                Statement statement = connection.createStatement()) {
            statement.execute("set application_name = 'matriarch-write'");
            statement.execute("set synchronous_commit = local");
            statement.execute("select pg_logical_emit_message(true, 'matriarch', '')");
        } catch (SQLException e) {
            LOG.debugf("A small write at %s: %s", server, e.getMessage());
        } finally {
            underWay.set(false);
        }
    }
}
