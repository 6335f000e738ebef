package dev.matriarch.postgres;

import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Names;
import dev.matriarch.decide.Rule;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Deeds on an instance. Each can be done twice without harm, and is bounded by the timeouts of {@link Pools}. */
@ApplicationScoped
public class Deeds {

    private static final String RESERVE = SqlText.load("reserve-timelines.sql");
    private static final String BEGUN_TIMELINE = SqlText.load(Look.BEGUN_TIMELINE);

    private final Pools pools;

    Deeds(Pools pools) {
        this.pools = pools;
    }

    /**
     * Puts a rule in force: {@code synchronous_standby_names}, with the epoch and the generation it belongs to.
     *
     * @throws StaleDeedException when the instance has seen a later one
     */
    public void setRule(Server server, long epoch, long generation, Rule rule) throws SQLException, StaleDeedException {
        try (LockedSession session = LockedSession.take(pools.forDeed(server))) {
            session.refuseIfOlder(epoch, generation);
            session.set("synchronous_standby_names", rule.synchronousStandbyNames());
            session.set("matriarch.epoch", Long.toString(epoch));
            session.set("matriarch.generation", Long.toString(generation));
            session.reload();
            session.await("matriarch.generation", Long.toString(generation));
        }
    }

    /**
     * Writes a marker into the WAL behind the reload of a rule.
     *
     * <p>Whether a commit waits at all is a flag in shared memory that the checkpointer sets when it takes the reload. The postmaster has passed the
     * reload on before it admitted this session, so the checkpointer takes it before it begins the second of two checkpoints at the latest: the first
     * may have been asked for between its look at the signals and its look at the requests.
     *
     * @param afterNone whether until now nobody was waited for; then it may take up to two times {@link Checkpoints#LIMIT}
     * @return its position
     * @throws SQLException also when a new session does not see the generation yet
     */
    public Lsn settle(Server server, long generation, boolean afterNone) throws SQLException {
        Duration limit = afterNone ? Checkpoints.LIMIT : Pools.STATEMENT;
        try (Connection connection = pools.fresh(server, "postgres", limit);
                Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = local");
            if (afterNone) {
                statement.execute("checkpoint");
                statement.execute("checkpoint");
            }
            try (ResultSet row = statement.executeQuery("select pg_logical_emit_message(true, 'matriarch', 'rule "
                    + generation + "') where current_setting('matriarch.generation') = '" + generation + "'")) {
                if (!row.next()) {
                    throw new SQLException("generation " + generation + " is not in force yet");
                }
            }
            try (ResultSet row = statement.executeQuery("select pg_current_wal_flush_lsn()")) {
                row.next();
                return Lsn.parse(row.getString(1));
            }
        }
    }

    /**
     * Points a running standby to an upstream, under the name that counts in this epoch.
     *
     * @param upstreamHost host name of the upstream; empty detaches
     * @throws StaleDeedException when the instance has seen a later epoch
     */
    public void follow(Server server, String instance, String upstreamHost, int upstreamPort, long epoch)
            throws SQLException, StaleDeedException {
        try (LockedSession session = LockedSession.take(pools.forDeed(server))) {
            session.refuseIfOlder(epoch, Long.MAX_VALUE);
            session.forgetRule(epoch);
            session.set(
                    "primary_conninfo",
                    upstreamHost.isEmpty() ? "" : conninfo(instance, upstreamHost, upstreamPort, epoch));
            session.set("primary_slot_name", Names.slot(instance));
            session.set("matriarch.epoch", Long.toString(epoch));
            session.reload();
        }
    }

    /**
     * Takes its upstream from a running standby, for the epoch, and ends the sessions of its clients: a query that conflicts with the replay would keep the
     * walreceiver, and a promotion hanging. So would a replay that is paused; it goes on. That loses nothing: what it has received it has, and replays it sooner or later. Where
     * PostgreSQL itself paused it because a parameter is lower than on the primary, it stops instead, and its supervisor starts it with those of its file: as it was it
     * could neither be detached nor promoted.
     *
     * <p>One that was detached before and knows a timeline of which it has nothing stops, and is started anew, which forgets that: PostgreSQL would otherwise end at its promotion, or never connect
     * to who is promoted (the argument stands in {@code supervisor.sh}). So who does not count as detached yet is told again.
     *
     * @throws StaleDeedException when the instance has seen a later epoch
     */
    public void detach(Server server, long epoch) throws SQLException, StaleDeedException {
        try (LockedSession session = LockedSession.take(pools.forDeed(server))) {
            session.refuseIfOlder(epoch, Long.MAX_VALUE);
            session.forgetRule(epoch);
            boolean hadUpstream = session.set("primary_conninfo", "");
            session.set("matriarch.epoch", Long.toString(epoch));
            session.reload();
            session.run("select pg_terminate_backend(pid) from pg_stat_activity where pg_is_in_recovery()"
                    + " and backend_type = 'client backend' and usename is distinct from 'matriarch'");
            session.run("select pg_wal_replay_resume()"
                    + " where case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end");
            if (!hadUpstream && !session.text(BEGUN_TIMELINE).isEmpty()) {
                session.startServerAnew();
            }
        }
    }

    /**
     * Begins to stop a primary, by a fast shutdown. The epoch is on its volume before: should it die in the middle, its supervisor starts it only as what it is
     * told in this epoch. A second time, while it stops, does no harm.
     *
     * @throws StaleDeedException when the instance has seen a later epoch, or is no primary
     */
    public void demote(Server server, long epoch) throws SQLException, StaleDeedException {
        try (LockedSession session = LockedSession.take(pools.forDeed(server))) {
            session.refuseIfOlder(epoch, Long.MAX_VALUE);
            session.refuseInRecovery();
            session.set("matriarch.epoch", Long.toString(epoch));
            session.stopServer();
        }
        pools.close(server.id()); // whose sessions end now: it would take a second to report that no other can be had
    }

    /**
     * Begins to stop a primary of an epoch that has passed, by a fast shutdown. It writes nothing.
     *
     * @throws StaleDeedException when the instance's epoch is another, or it is no primary
     */
    public void stop(Server server, long epoch) throws SQLException, StaleDeedException {
        try (LockedSession session = LockedSession.take(pools.forDeed(server))) {
            session.refuseUnlessIn(epoch);
            session.refuseInRecovery();
            session.stopServer();
        }
        pools.close(server.id());
    }

    /**
     * Promotes a standby that was detached in this epoch.
     *
     * <p>PostgreSQL takes the first timeline above its own of which it has no history file. A file in the place of every number below the reserved one moves it
     * on to that. A file that is there is never touched: it is the history of what the standby replays. Should the standby die before its
     * promotion, its supervisor removes these files, because recovery would take them for its future.
     *
     * @throws StaleDeedException when the instance has seen another epoch, or has an upstream again
     */
    public void promote(Server server, long epoch, long timeline) throws SQLException, StaleDeedException {
        try (LockedSession session = LockedSession.take(pools.forDeed(server))) {
            session.refuseUnlessDetachedIn(epoch);
            session.run(RESERVE.formatted(timeline - 1) + ";\nselect pg_promote(false)");
        }
    }

    /** Makes a physical slot that keeps WAL from now on; nothing when it is there. One whose WAL was lost is made anew. */
    public void createSlot(Server server, String slot) throws SQLException {
        slot(
                server,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where slot_name = ? and slot_type = 'physical' and wal_status = 'lost' and not active",
                slot);
        slot(
                server,
                "select pg_create_physical_replication_slot(?, true)"
                        + " where not exists (select from pg_replication_slots where slot_name = ?)",
                slot,
                slot);
    }

    /** Drops a physical slot that nobody uses; nothing when it is in use or gone. */
    public void dropSlot(Server server, String slot) throws SQLException {
        slot(
                server,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where slot_name = ? and slot_type = 'physical' and not active",
                slot);
    }

    private void slot(Server server, String sql, String... parameters) throws SQLException {
        try (Connection connection = pools.pooled(server);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            statement.execute();
        }
    }

    /** As the supervisor writes it before a start. */
    static String conninfo(String instance, String host, int port, long epoch) {
        return "host=" + host + " port=" + port + " user=matriarch_replication"
                + " passfile=/var/run/postgresql/.pgpass application_name=" + Names.standby(instance, epoch)
                + " connect_timeout=2 keepalives=1 keepalives_idle=1 keepalives_interval=1 keepalives_count=3"
                + " tcp_user_timeout=3000";
    }
}
