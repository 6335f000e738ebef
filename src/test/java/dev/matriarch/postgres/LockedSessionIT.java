package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deeds share a pool of three sessions, and a lock that outlives a statement. */
@BesideOthers(seconds = 13)
class LockedSessionIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("locked");

    private static final Pools POOLS = new Pools();

    private static Server server;
    private static Server standby;

    @BeforeAll
    static void make() throws SQLException {
        Cluster orders = NAMESPACE.cluster("orders");
        orders.apply("""
                        instances: 2
                        postgresql:
                          parameters:
                            default_transaction_isolation: serializable
                            default_transaction_read_only: 'on'
                            idle_session_timeout: '1500'
                            transaction_timeout: 10s
                            search_path: elsewhere
                        """).awaitSettled();
        server = server(orders, 0);
        standby = server(orders, 1);
        POOLS.pooled(server).close(); // it is known from now on
    }

    private static Server server(Cluster orders, int ordinal) {
        return new Server(
                "test-" + ordinal,
                orders.pod(ordinal).getStatus().getPodIP(),
                5432,
                orders.secret("internal", "matriarch"));
    }

    @AfterAll
    static void end() {
        POOLS.closeAll();
    }

    @Test
    void oneThatFailsIsEndedWithItsLockAndThePoolGoesOn() throws SQLException {
        Set<String> sessions = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            LockedSession session = LockedSession.take(POOLS.forDeed(server));
            assertThatThrownBy(() -> session.run("select 1 / 0")).isInstanceOf(SQLException.class);
            session.close();
            assertThat(locks()).isZero();
            sessions.add(pid());
        }
        assertThat(sessions).as("none goes back").hasSize(5);
    }

    @Test
    void oneThatSleptIsEndedByTheNextAndCanDoNothing() throws SQLException {
        LockedSession slept = LockedSession.take(POOLS.forDeed(server));
        try (LockedSession next = LockedSession.take(POOLS.forDeed(server))) {
            assertThatThrownBy(() -> slept.run("select 1")).isInstanceOf(SQLException.class);
            slept.close();
            assertThat(next.truth("select count(*) = 1 from pg_locks where locktype = 'advisory'"))
                    .isTrue();
        }
        assertThat(locks()).isZero();
    }

    @Test
    void whatParametersSayOfSessionsIsForClients() throws SQLException {
        for (Server each : List.of(server, standby)) {
            try (var connection = POOLS.fresh(each);
                    var row = connection.createStatement().executeQuery("""
                            select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name in
                            ('default_transaction_isolation', 'default_transaction_read_only', 'idle_session_timeout', 'search_path', 'transaction_timeout')""")) {
                row.next();
                assertThat(row.getString(1))
                        .isEqualTo("default_transaction_isolation=read committed default_transaction_read_only=off"
                                + " idle_session_timeout=0 search_path=pg_catalog transaction_timeout=0");
            }
        }
        try (var connection = POOLS.fresh(server)) {
            connection.createStatement().execute("create role made_by_the_operator");
        }
    }

    private static String pid() throws SQLException {
        try (var connection = POOLS.pooled(server);
                var row = connection.createStatement().executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static int locks() throws SQLException {
        try (var connection = POOLS.fresh(server);
                var row = connection
                        .createStatement()
                        .executeQuery("select count(*) from pg_locks where locktype = 'advisory'")) {
            row.next();
            return row.getInt(1);
        }
    }
}
