package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ClientLogTest {

    private static final String LOG = """
            H 2 5000000
            K 3 multihost 100.0
            R 100 7
            S 200 3 1
            A 350 3 1 120
            r 400
            f 450 08001 refused
            X 500 3 08001 refused
            S 600 3 2
            """;

    @Test
    void attemptsHaveTheirRoundTheirIdAndTheirTimes() {
        ClientLog log = new ClientLog();
        log.read(bytes(LOG));

        ClientLog.Piece piece = log.take();

        assertThat(piece.attempts())
                .contains(
                        new Attempt(7, 3, Way.MULTIHOST, 2003L << 32 | 1, 5000200, 5000350, Outcome.ACKNOWLEDGED, 120));
        assertThat(piece.reads())
                .containsExactly(new ClientLog.Read(5000400, true), new ClientLog.Read(5000450, false));
        assertThat(piece.troubles()).containsExactly(new ClientLog.Trouble(5000500, "08001 refused"));
        assertThat(piece.offered()).isEqualTo(100);
    }

    @Test
    void anAttemptOfAProcessThatDiedIsUnknown() {
        ClientLog log = new ClientLog();
        log.read(bytes(LOG + "A 70"));

        assertThat(log.take().attempts())
                .filteredOn(attempt -> attempt.id() == (2003L << 32 | 2))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.UNKNOWN);
    }

    @Test
    void piecesMayEndAnywhere() {
        ClientLog whole = new ClientLog();
        whole.read(bytes(LOG));
        ClientLog byByte = new ClientLog();
        for (byte each : bytes(LOG)) {
            byByte.read(new byte[] {each});
        }

        assertThat(byByte.take()).isEqualTo(whole.take());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
