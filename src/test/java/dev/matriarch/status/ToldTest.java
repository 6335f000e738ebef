package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ToldTest {

    private static final Instant NOW = Instant.parse("2026-11-21T11:00:00Z");

    @Test
    void whatComesByTurnsIsNewsOnceOfEach() {
        Told told = new Told();
        assertThat(told.isNews("a", NOW)).isTrue();
        assertThat(told.isNews("b", NOW.plusSeconds(1))).isTrue();
        assertThat(told.isNews("a", NOW.plusSeconds(2))).isFalse();
        assertThat(told.isNews("b", NOW.plusSeconds(599))).isFalse();
        assertThat(told.isNews("a", NOW.plusSeconds(600))).isTrue();
    }
}
