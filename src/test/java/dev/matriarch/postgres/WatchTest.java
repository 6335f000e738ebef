package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchTest {

    @Test
    void whatFailsAtOnceIsBegunAgainAfterPausesThatDouble() {
        Duration soon = Duration.ofMillis(3);
        Duration pause = Duration.ZERO;
        for (long expected : new long[] {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
            pause = Watch.pauseAfter(soon, pause, false);
            assertThat(pause).hasMillis(expected);
        }
        assertThat(Watch.pauseAfter(Duration.ofSeconds(1), pause, false))
                .as("a session that lasted, and then ended, is followed at once")
                .isZero();
    }

    @Test
    void whoseHeartbeatsAreCountedIsNeverWithoutForLong() {
        assertThat(Watch.pauseAfter(Duration.ZERO, Duration.ofMillis(800), true))
                .hasSeconds(1);
    }

    /** Nobody listens there: each session fails at once, and whoever is told looks and has it watched again, as the reconciler does. */
    @Test
    void aServerThatRefusesIsNotAskedAtFullSpeed() throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Server refuses = new Server("test", "127.0.0.1", port, "none");
        Pools pools = new Pools();
        Watch watch = new Watch(pools);
        AtomicInteger told = new AtomicInteger();
        Runnable again = new Runnable() {
            @Override
            public void run() {
                told.incrementAndGet();
                watch.over("a", refuses, this, Optional.empty());
            }
        };

        watch.over("a", refuses, again, Optional.empty());
        Waiting.await("it is told that the first sessions ended").until(() -> told.get() >= 2);
        Thread.sleep(1_500);
        watch.end("a");

        assertThat(told.get()).isLessThan(12);
        pools.closeAll();
    }
}
