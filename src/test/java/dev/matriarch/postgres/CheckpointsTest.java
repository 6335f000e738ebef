package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matriarch.e2e.support.Waiting;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointsTest {

    private static final Server SERVER = new Server("test", "orders-0.orders-pods", 5432, "none");

    private final Checkpoints checkpoints = new Checkpoints(new Pools());

    @AfterEach
    void end() {
        checkpoints.end();
    }

    @Test
    void aSlowOneIsNotWaitedForAndNotBegunTwice() throws SQLException {
        CountDownLatch written = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Checkpoints.Deed slow = () -> {
            begun.incrementAndGet();
            await(written);
            ended.incrementAndGet();
        };

        for (int asked = 0; asked < 3; asked++) { // each returns, though it has not ended
            checkpoints.begin(SERVER, "rule 4", slow);
        }
        assertThat(begun).hasValue(1);
        assertThat(ended).hasValue(0);

        written.countDown();
        Waiting.await("its end").until(() -> ended.get() == 1);
        Waiting.await("it can be begun again").until(() -> {
            checkpoints.begin(SERVER, "rule 4", slow);
            return begun.get() > 1;
        });
    }

    @Test
    void oneForSomethingElseIsBegunBesideIt() throws SQLException {
        CountDownLatch written = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        checkpoints.begin(SERVER, "rule 4", () -> await(written));

        checkpoints.begin(SERVER, "rule 5", begun::incrementAndGet);

        Waiting.await("the other one").until(() -> begun.get() == 1);
        written.countDown();
    }

    @Test
    void aFailureIsToldAndItCanBeBegunAgain() throws SQLException {
        assertThatThrownBy(() -> checkpoints.begin(SERVER, "rule 4", () -> {
                    throw new SQLException("canceling statement due to statement timeout");
                }))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("canceling statement due to statement timeout");

        AtomicInteger begun = new AtomicInteger();
        Waiting.await("begun anew").until(() -> {
            checkpoints.begin(SERVER, "rule 4", begun::incrementAndGet);
            return begun.get() > 0;
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
