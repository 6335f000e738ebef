package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matriarch.decide.SelfFence.Heartbeat;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is written for the supervisor, whose side is tested with the same statements in supervisor-test.sh. */
class HeartTest {

    private static final Heartbeat TEN = new Heartbeat(Duration.ofSeconds(10), 4);

    @Test
    void theReadingTheTimeAndTheGenerationAreOneLine() throws SQLException {
        assertThat(Heart.line("7203.08", TEN)).isEqualTo("720308 10 4");
        assertThat(Heart.line("0.05", new Heartbeat(Duration.ZERO, 4))).isEqualTo("5 0 4");
    }

    @Test
    void whatIsNoClockIsNotWrittenBack() {
        for (String text : new String[] {"", "7203", "7203.0812", "x", "7203.08'); drop table sold; --"}) {
            assertThatThrownBy(() -> Heart.line(text, TEN)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void thePlaceOfTheLineIsInTheStatement() {
        assertThat(SqlText.load("heartbeat.sql").split("LINE", -1)).hasSize(2);
    }
}
