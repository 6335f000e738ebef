package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.objects.HbaConf;
import dev.matriarch.status.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names of parameters, which PostgreSQL reads without regard to case; and what is in force instead of what is refused. */
class ParametersTest {

    @Test
    void twoSpellingsOfOneParameterAreRefused() {
        assertThat(Parameters.names(Map.of("Work_Mem", "8MB", "work_mem", "4MB", "TimeZone", "UTC")))
                .extracting(Problem::toString)
                .containsExactly(
                        "spec.postgresql.parameters.work_mem: the same parameter as Work_Mem; keep one of the two.");
    }

    @Test
    void whatTheOperatorSetsIsRefusedInEverySpelling() {
        assertThat(Parameters.names(Map.of("Matriarch.Gate", "open", "PORT", "1", "work_mem", "4MB")))
                .extracting(Problem::field)
                .containsExactly("spec.postgresql.parameters.Matriarch.Gate", "spec.postgresql.parameters.PORT");
    }

    /** The default lines admit everybody with a password, which is not what somebody meant who wrote others. */
    @Test
    void aNewClusterWithRefusedLinesOfHbaAdmitsNobodyAndOneWithRefusedParametersWhomItNames() {
        Parameters.Accepted wanted =
                new Parameters.Accepted(Map.of("work_mem", "4MB"), List.of("hostssl all all 10.0.0.0/8 scram-sha-256"));

        assertThat(Parameters.first(wanted, List.of(new Problem("spec.postgresql.hba[1]", "has too few fields."))))
                .isEqualTo(new Parameters.Accepted(Map.of(), HbaConf.NOBODY));
        assertThat(Parameters.first(wanted, List.of(new Problem("spec.postgresql.parameters.port", "take it out."))))
                .isEqualTo(new Parameters.Accepted(Map.of(), wanted.hba()));
    }
}
