package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Mark;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarksTest {

    private static final Mark MARK = new Mark(Protocol.founded("orders-0")
            .withDatabase("7412345678901234567", 1)
            .withRuleBeside(Rule.none("orders-0"))
            .withRuleBeside(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 1))
            .nextEpoch("orders-1"));

    @Test
    void theWholeProtocolIsReadBack() {
        assertThat(Marks.read(Marks.write(MARK))).contains(MARK);
    }

    @Test
    void itIsOneLineThatBeginsWithItsVersion() {
        assertThat(Marks.write(MARK)).startsWith("{\"v\":1,\"epoch\":2,").doesNotContain("\n");
    }

    @Test
    void fieldsOfALaterReleaseArePassedOver() {
        assertThat(Marks.read(Marks.write(MARK)
                        .replaceFirst("\"epoch\"", "\"transition\":{\"kind\":\"Failover\"},\"epoch\"")))
                .contains(MARK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{}",
                "{\"v\":1,\"epoch\":1}",
                "{\"v\":1,\"epoch\":1,\"primary\":\"o-0\",\"rules\":[],\"timelines\":[]}",
                "{\"v\":1,\"epoch\":1,\"primary\":\"o-0\",\"systemIdentifier\":\"7\",\"rules\":[{\"primary\":\"o-0\",\"members\":[],\"required\":1}],\"timelines\":[]}"
            })
    void whatCannotBeReadCountsAsNone(String text) {
        assertThat(Marks.read(text)).isEmpty();
        assertThat(Marks.read(null)).isEmpty();
    }
}
