package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Instance.Report;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportsTest {

    @Test
    void theLastReportCountsAmongAllThatIsInTheLog() {
        assertThat(last("""
                        matriarch {"v":1,"time":"2026-11-21T11:00:00Z","step":"waiting","deed":"","epoch":0,"volume":"empty","systemIdentifier":"","timeline":0,"lsn":"","reason":"","message":""}
                        2026-11-21 11:00:01 UTC [12] LOG:  matriarch {"step":"not ours"}
                        matriarch {"v":1,"time":"2026-11-21T11:00:02Z","step":"refused","deed":"run","epoch":3,"volume":"empty","systemIdentifier":"","timeline":0,"lsn":"","reason":"empty","message":"the volume is \\"empty\\""}
                        2026-11-21 11:00:03 UTC [12] LOG:  something else
                        """)).contains(new Report("refused", "run", 3, "empty", "empty", "the volume is \"empty\""));
    }

    @Test
    void aLineThatWasCutOffIsPassedOver() {
        assertThat(last("matriarch {\"v\":1,\"step\":\"running\",\"epoch\":1}\nmatriarch {\"v\":1,\"step\":\"sto"))
                .hasValueSatisfying(each -> assertThat(each.step()).isEqualTo("running"));
    }

    @Test
    void withoutAReportThereIsNone() {
        assertThat(last("")).isEmpty();
        assertThat(last("LOG: database system is ready")).isEmpty();
    }

    @Test
    void theLastOneOfSomeStepsCanBeAskedFor() {
        String log = "matriarch {\"step\":\"configuration-refused\"}\nmatriarch {\"step\":\"running\"}";
        assertThat(Reports.lastIn(log, Set.of("configuration-refused", "configured")))
                .hasValueSatisfying(each -> assertThat(each.step()).isEqualTo("configuration-refused"));
        assertThat(Reports.lastIn(log, Set.of("failed"))).isEmpty();
    }

    private Optional<Report> last(String log) {
        return Reports.lastIn(log, Set.of());
    }

    @Test
    void aRefusalHasOneReason() {
        Report report = new Report("refused", "run", 1, "data", "was-primary", "");
        assertThat(report.refused("was-primary")).isTrue();
        assertThat(report.refused("empty")).isFalse();
        assertThat(new Report("waiting", "", 1, "empty", "empty", "").refused("empty"))
                .isFalse();
    }
}
