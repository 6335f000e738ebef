package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.status.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names of parameters, which PostgreSQL reads without regard to case. */
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
}
