package dev.matriarch.postgres;

import dev.matriarch.decide.Rule;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The session in which a deed is done.
 *
 * <p>ALTER SYSTEM can be neither conditional nor transactional, and an operator may sleep between any two statements. So: a lock, which works on
 * a standby too; its present holder is an operator that sleeps or that was replaced, and is ended; epoch and generation are read from the file
 * that ALTER SYSTEM writes, not from the session, which may not have reloaded; they are compared; then the settings are written, reloaded, and the lock
 * is given back. An operator that wakes up later finds its session gone and can do nothing. Dying in between leaves some settings written and not
 * reloaded: the deed is done again, whole, by whoever comes next.
 */
final class LockedSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LockedSession.class);

    /** "MATR": the advisory lock of all deeds. */
    private static final long LOCK = 0x4D415452L;

    /** SQLSTATEs of a session that ends with its server: admin_shutdown, and those of a broken connection. */
    private static final Set<String> ENDED = Set.of("57P01", "08006", "08003");

    /** How often it is looked whether a reload was taken, 2 ms apart. */
    private static final int RELOAD_LOOKS = 50;

    private final Connection connection;

    /** The settings in the files, the last one that is said of each. Read under the lock, which all take who write there while PostgreSQL runs. */
    private final Map<String, String> filed = new HashMap<>();

    private LockedSession(Connection connection) {
        this.connection = connection;
    }

    /** Takes the lock, from another holder if need be. The session becomes the owner of the connection, which may be one of a pool. */
    static LockedSession take(Connection connection) throws SQLException {
        LockedSession session = new LockedSession(connection);
        try {
            connection.setAutoCommit(true);
            if (!session.truth("select pg_try_advisory_lock(" + LOCK + ")")) {
                session.run("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                        + " and database = (select oid from pg_database where datname = current_database())"
                        + " and classid = 0 and objid = " + LOCK + " and objsubid = 1 and pid <> pg_backend_pid()");
                session.run("select pg_advisory_lock(" + LOCK + ")"); // bounded by lock_timeout
            }
            session.readFiles();
            return session;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Refuses a deed that is older than what the instance has seen.
     *
     * @throws StaleDeedException when the instance's epoch, or in the same epoch its generation, is larger
     */
    void refuseIfOlder(long epoch, long generation) throws StaleDeedException {
        long seenEpoch = filedNumber("matriarch.epoch");
        long seenGeneration = filedNumber("matriarch.generation");
        if (seenEpoch > epoch || (seenEpoch == epoch && seenGeneration > generation)) {
            throw new StaleDeedException("epoch " + epoch + ", generation " + generation + " came after epoch "
                    + seenEpoch + ", generation " + seenGeneration + " and was not done");
        }
    }

    /**
     * Refuses a deed of another epoch than the instance's.
     *
     * @throws StaleDeedException when it is another
     */
    void refuseUnlessIn(long epoch) throws StaleDeedException {
        long seenEpoch = filedNumber("matriarch.epoch");
        if (seenEpoch != epoch) {
            throw new StaleDeedException("this was for epoch " + epoch + " and found epoch " + seenEpoch);
        }
    }

    /**
     * Refuses a promotion that is not the one for which this standby was detached.
     *
     * @throws StaleDeedException when the instance's epoch is another, or it has an upstream
     */
    void refuseUnlessDetachedIn(long epoch) throws SQLException, StaleDeedException {
        long seenEpoch = filedNumber("matriarch.epoch");
        if (seenEpoch != epoch
                || !filed.getOrDefault("primary_conninfo", "").isEmpty()
                || !truth("select pg_is_in_recovery() and not exists"
                        + " (select from pg_stat_activity where backend_type = 'walreceiver')")) {
            throw new StaleDeedException("epoch " + epoch + " came after epoch " + seenEpoch
                    + ", or this is no detached standby; it was not promoted");
        }
    }

    /**
     * Refuses what is done to a primary only.
     *
     * @throws StaleDeedException when this is a standby
     */
    void refuseInRecovery() throws SQLException, StaleDeedException {
        if (truth("select pg_is_in_recovery()")) {
            throw new StaleDeedException("this is a standby by now");
        }
    }

    /**
     * Sends the postmaster the signal of a fast shutdown, as {@code pg_ctl stop} would: PostgreSQL has no function for it. This session ends by it, which may be
     * before it has heard that the signal was sent.
     */
    void stopServer() throws SQLException {
        runProgram("kill -INT " + postmaster());
    }

    /** The same, and its supervisor starts it again, as a standby without an upstream. It knows by the mark that it was asked for. */
    void startServerAnew() throws SQLException {
        runProgram(": >\"${MATRIARCH_RUN:-/var/run/postgresql}/restart\" && kill -INT " + postmaster());
    }

    private String postmaster() throws SQLException {
        String postmaster = text("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        if (!postmaster.matches("[0-9]{1,9}")) {
            throw new SQLException("postmaster.pid names no process");
        }
        return postmaster;
    }

    /** Runs what ends the server, and with it this session. */
    private void runProgram(String command) throws SQLException {
        try {
            // no rows: the shell reads none, and one that it has ended before would be a broken pipe, though the signal
            // was sent
            run("copy (select 1 where false) to program " + SqlText.literal(command));
        } catch (SQLException e) {
            if (!ENDED.contains(e.getSQLState() == null ? "" : e.getSQLState())) {
                throw e;
            }
        }
    }

    /**
     * Writes a setting, unless it stands there: each time costs several syncs, while clients may wait. It takes effect with {@link #reload}.
     *
     * @return whether it was another
     */
    boolean set(String name, String value) throws SQLException {
        if (value.equals(filed.get(name))) {
            return false;
        }
        run("alter system set " + name + " = " + SqlText.literal(value));
        filed.put(name, value);
        return true;
    }

    /**
     * Writes that commits wait for somebody that nobody is, when a new epoch begins for this standby: it may have been elected in the one before, and somebody who
     * still follows it would confirm what it commits, were it promoted by hand. As the supervisor writes it before it starts a standby.
     */
    void forgetRule(long epoch) throws SQLException {
        if (filedNumber("matriarch.epoch") < epoch) {
            set("synchronous_standby_names", Rule.OF_STANDBYS);
        }
    }

    void reload() throws SQLException {
        run("select pg_reload_conf()");
    }

    /** Waits a moment until this session has taken a reload, as others will have by then; whoever looks next sees what is in force and need not look twice. */
    void await(String name, String value) throws SQLException {
        String query = "select current_setting(" + SqlText.literal(name) + ", true) = " + SqlText.literal(value);
        for (int i = 0; i < RELOAD_LOOKS && !truth(query); i++) {
            run("select pg_sleep(0.002)");
        }
    }

    private void readFiles() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select name, setting from pg_file_settings where error is null order by seqno")) {
            while (row.next()) {
                filed.put(row.getString(1), row.getString(2));
            }
        }
    }

    /** A setting in the files as a number; 0 when it is none. */
    private long filedNumber(String name) {
        String value = filed.get(name);
        return value != null && value.matches("[0-9]{1,18}") ? Long.parseLong(value) : 0;
    }

    String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1) == null ? "" : row.getString(1);
        }
    }

    boolean truth(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Gives the lock back. A session in which that failed, or anything else, is ended by {@link Pools}, and with it the lock. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            run("select pg_advisory_unlock(" + LOCK + ")");
        } catch (SQLException e) {
            LOG.debugf("The lock went with its session: %s", e.getMessage());
        }
    }
}
