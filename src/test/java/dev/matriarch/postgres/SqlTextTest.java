package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqlTextTest {

    @Test
    void constantsAndIdentifiersAreQuoted() {
        assertThat(SqlText.literal("it's")).isEqualTo("'it''s'");
        assertThat(SqlText.literal("a\\b'c")).isEqualTo(" E'a\\\\b''c'");
        assertThat(SqlText.identifier("we\"ird-Name")).isEqualTo("\"we\"\"ird-Name\"");
    }

    @Test
    void aRuleIsOneConstant() {
        assertThat(SqlText.literal(new Rule("o-0", List.of("o-1/e1"), 1).synchronousStandbyNames()))
                .isEqualTo("'ANY 1 (\"o-1/e1\")'");
    }

    @Test
    void theConninfoOfAStandbyNamesItsEpochAndHoldsNoPassword() {
        assertThat(Deeds.conninfo("orders-1", "orders-0.orders-pods", 5432, 3))
                .startsWith("host=orders-0.orders-pods port=5432 user=matriarch_replication passfile=")
                .contains(" application_name=orders-1/e3 ")
                .doesNotContain("password=");
    }
}
