package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of the protocol: positions, names, rules, records. */
class WordsTest {

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/3000148", "16/B374D848", "FFFFFFFF/FFFFFFFF", "80000000/0"})
    void aPositionIsWrittenAsPostgresqlDoes(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @Test
    void positionsAreUnsigned() {
        assertThat(Lsn.parse("80000000/0").reaches(Lsn.parse("7FFFFFFF/FFFFFFFF")))
                .isTrue();
        assertThat(Lsn.parse("1/0").bytesAfter(Lsn.parse("0/FFFFFFFF"))).isEqualTo(1);
        assertThat(Lsn.parse("0/1").bytesAfter(Lsn.parse("0/2"))).isZero();
        assertThat(Lsn.parse("")).isEqualTo(Lsn.parse(null)).isEqualTo(Lsn.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "12", "/12", "1/", "1/g"})
    void whatIsNoPositionIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Lsn.parse(text));
    }

    @Test
    void namesOfAnInstance() {
        assertThat(Names.instance("my-db", 2)).isEqualTo("my-db-2");
        assertThat(Names.ordinal("my-db-12")).isEqualTo(12);
        assertThat(Names.standby("my-db-2", 7)).isEqualTo("my-db-2/e7");
        assertThat(Names.instanceOf("my-db-2/e7")).isEqualTo("my-db-2");
        assertThat(Names.instanceOf("psql")).isEqualTo("psql");
        assertThat(Names.slot("my-db-2")).isEqualTo("my_db_2");
    }

    @Test
    void aRuleIsWrittenWithQuotedNamesInOrder() {
        Rule rule = new Rule("o-0", List.of("o-2/e1", "o-1/e1"), 1);
        assertThat(rule.synchronousStandbyNames()).isEqualTo("ANY 1 (\"o-1/e1\",\"o-2/e1\")");
        assertThat(rule).isEqualTo(new Rule("o-0", List.of("o-1/e1", "o-2/e1"), 1));
        assertThat(Rule.none("o-0").synchronousStandbyNames()).isEmpty();
        assertThat(rule.hasMember("o-1")).isTrue();
        assertThat(rule.hasMember("o-11")).isFalse();
    }

    @Test
    void moreThanThereAreCannotBeRequired() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rule("o-0", List.of("o-1/e1"), 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new Rule("o-0", List.of(), -1));
    }

    @Test
    void aRecordGoesForwardOnly() {
        Protocol founded = Protocol.founded("o-0");
        assertThat(founded.initialised()).isFalse();
        Protocol made = founded.withDatabase("73", 1);
        assertThat(made.initialised()).isTrue();
        assertThat(made.withDatabase("73", 1).timelines()).as("no entry twice").hasSize(1);
        Protocol ruled = made.withRuleBeside(Rule.none("o-0")).withRuleBeside(new Rule("o-0", List.of("o-1/e1"), 1));
        assertThat(ruled.ruleGeneration()).isEqualTo(2);
        assertThat(ruled.rules()).hasSize(2);
        Protocol settled = ruled.withNewestRuleOnly();
        assertThat(settled.rules()).containsExactly(ruled.newestRule());
        assertThat(settled.ruleGeneration()).isEqualTo(2);
        Protocol next = settled.nextEpoch("o-1");
        assertThat(next.epoch()).isEqualTo(2);
        assertThat(next.primary()).isEqualTo("o-1");
        assertThat(next.rules()).as("a failover must fence them all").isEqualTo(settled.rules());
    }
}
