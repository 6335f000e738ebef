package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deeds share a pool of three sessions, and a lock that outlives a statement. */
@BesideOthers
class LockedSessionIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("locked");

    private static final Pools POOLS = new Pools();

    private static Server server;

    @BeforeAll
    static void make() throws SQLException {
        Cluster orders = NAMESPACE.cluster("orders");
        orders.apply("{instances: 1}").awaitSettled();
        server = new Server("test", orders.pod(0).getStatus().getPodIP(), 5432, orders.secret("internal", "matriarch"));
        POOLS.pooled(server).close(); // it is known from now on
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
