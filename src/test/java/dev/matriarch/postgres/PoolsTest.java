package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One small pool per server: opened at its first use, bounded, and closed with what ran there. */
class PoolsTest {

    private static final int SESSIONS = 3;

    private final Pools pools = new Pools();
    private Listener postgresql;
    private Server orders;

    /** What happens while a Look is under way. */
    private volatile Runnable meanwhile = () -> {};

    @BeforeEach
    void listen() throws IOException {
        postgresql = new Listener(statement -> {
            if (!statement.contains("pg_is_in_recovery()")) {
                return "";
            }
            meanwhile.run();
            return "{\"inRecovery\": false, \"position\": \"0/1\"}";
        });
        orders = postgresql.server("uid-of-orders-0", "secret");
    }

    @AfterEach
    void end() throws IOException {
        pools.closeAll();
        postgresql.close();
    }

    @Test
    void aPoolIsOpenedAtItsFirstUseAndKeepsItsSession() throws SQLException {
        assertThat(pools.isKnown(orders)).isFalse();
        pools.forDeed(orders).close();
        assertThat(pools.isKnown(orders)).as("by a deed").isFalse();
        await().until(() -> postgresql.open() == 0);

        for (int i = 0; i < 5; i++) {
            pools.pooled(orders).close();
            pools.forDeed(orders).close();
        }

        assertThat(pools.isKnown(orders)).isTrue();
        assertThat(postgresql.begun()).isEqualTo(1 + 1);
    }

    @Test
    void itHasThreeSessionsAtMost() throws SQLException {
        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            taken.add(pools.pooled(orders));
        }
        CompletableFuture<Connection> next = CompletableFuture.supplyAsync(() -> {
            try {
                return pools.pooled(orders);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        await().during(Duration.ofMillis(200)).until(() -> !next.isDone());

        taken.get(0).close();

        next.join().close();
        assertThat(postgresql.begun()).isEqualTo(SESSIONS);
        for (Connection each : taken) {
            each.close();
        }
    }

    @Test
    void whatComesWithAnotherPasswordHasAnotherPool() throws SQLException {
        pools.pooled(orders).close();
        Server changed = postgresql.server(orders.id(), "another");
        assertThat(pools.isKnown(changed)).isFalse();

        pools.pooled(changed).close();

        assertThat(pools.isKnown(orders)).isFalse();
        await().until(() -> postgresql.open() == 1);
        assertThat(postgresql.begun()).isEqualTo(2);
    }

    @Test
    void oneThatIsClosedOpensAgainAtItsNextUse() throws SQLException {
        pools.pooled(orders).close();
        pools.close(orders.id());
        await().until(() -> postgresql.open() == 0);
        assertThat(pools.isKnown(orders)).isFalse();
        pools.pooled(orders).close();
        assertThat(pools.isKnown(orders)).isTrue();
    }

    @Test
    void allAreClosedWithTheOperator() throws SQLException {
        pools.pooled(orders).close();
        pools.pooled(postgresql.server("uid-of-orders-1", "secret")).close();
        assertThat(postgresql.open()).isEqualTo(2);
        pools.closeAll();
        await().until(() -> postgresql.open() == 0);
    }

    /** A Pod is deleted by force, its process goes on, and somebody was still at it. */
    @Test
    void oneThatIsForgottenIsServedButHasNoPoolAnyMore() throws SQLException {
        pools.pooled(orders).close();

        pools.forget(orders.id());

        await().until(() -> postgresql.open() == 0);
        try (Connection late = pools.pooled(orders)) {
            assertThat(late.isClosed()).isFalse();
        }
        assertThat(pools.isKnown(orders)).isFalse();
        await().until(() -> postgresql.open() == 0);
    }

    @Test
    void whoIsForgottenWhileItIsAskedHasNoPoolAfterwards() {
        Look look = new Look(pools);
        look.at(orders);
        assertThat(pools.isKnown(orders)).as("once it has answered").isTrue();
        Server other = postgresql.server("uid-of-orders-1", "secret");
        AtomicBoolean forgotten = new AtomicBoolean();
        meanwhile = () -> {
            look.forget(other.id());
            forgotten.set(true);
        };

        look.at(other);

        assertThat(forgotten).isTrue();
        assertThat(pools.isKnown(other)).isFalse();
        await().until(() -> postgresql.open() == 1);
    }
}
