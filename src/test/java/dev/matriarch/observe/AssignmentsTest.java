package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Assignment;
import dev.matriarch.decide.Assignment.Deed;
import dev.matriarch.decide.Assignment.Role;
import dev.matriarch.decide.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentsTest {

    private static final String LINE =
            "{\"v\":1,\"epoch\":1,\"deed\":\"run\",\"role\":\"standby\",\"upstream\":\"orders-0\",\"systemIdentifier\":\"7412345678901234567\"}";

    @Test
    void theLineIsTheOneInTheContract() {
        Protocol protocol = Protocol.founded("orders-0").withDatabase("7412345678901234567", 1);
        assertThat(Assignments.write(Assignment.follow(protocol))).isEqualTo(LINE);
        assertThat(Assignments.read(LINE)).contains(Assignment.follow(protocol));
    }

    @ParameterizedTest
    @EnumSource(Deed.class)
    void everyDeedIsReadBack(Deed deed) {
        for (Role role : Role.values()) {
            Assignment assignment = new Assignment(999_999_999_999_999L, deed, role, "my-db-8", "7412345678901234567");
            assertThat(Assignments.read(Assignments.write(assignment))).contains(assignment);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "nonsense",
                "[1]",
                "{\"v\":2,\"epoch\":1,\"deed\":\"run\",\"role\":\"standby\",\"upstream\":\"orders-0\",\"systemIdentifier\":\"74\"}",
                "{\"v\":1, \"epoch\":1,\"deed\":\"run\",\"role\":\"standby\",\"upstream\":\"orders-0\",\"systemIdentifier\":\"74\"}",
                "{\"epoch\":1,\"v\":1,\"deed\":\"run\",\"role\":\"standby\",\"upstream\":\"orders-0\",\"systemIdentifier\":\"74\"}",
                "{\"v\":1,\"epoch\":1,\"deed\":\"RUN\",\"role\":\"standby\",\"upstream\":\"orders-0\",\"systemIdentifier\":\"74\"}",
                "{\"v\":1,\"epoch\":1,\"deed\":\"destroy\",\"role\":\"standby\",\"upstream\":\"orders-0\",\"systemIdentifier\":\"74\"}",
                "{\"v\":1,\"epoch\":1,\"deed\":\"run\",\"role\":\"standby\",\"upstream\":\"orders-0\"}"
            })
    void whatWeWouldNotWriteIsNone(String line) {
        assertThat(Assignments.read(line)).isEmpty();
        assertThat(Assignments.read(null)).isEmpty();
    }
}
