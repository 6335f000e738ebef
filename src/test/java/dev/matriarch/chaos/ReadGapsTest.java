package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.ClientLog.Read;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadGapsTest {

    @Test
    void readsThatFailedEndNoGap() {
        List<Read> reads =
                List.of(new Read(110, true), new Read(150, false), new Read(190, false), new Read(200, true));

        assertThat(ReadGaps.longest(reads, 100, 210).micros()).isEqualTo(90);
    }

    @Test
    void theEndsOfTheWindowCountAndWhatIsOutsideDoesNot() {
        List<Read> reads = List.of(new Read(90, true), new Read(140, true), new Read(150, true), new Read(220, true));

        assertThat(ReadGaps.longest(reads, 100, 200).micros()).isEqualTo(50);
        assertThat(ReadGaps.longest(List.of(), 100, 200).micros()).isEqualTo(100);
    }
}
