package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Instance.Report;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Protocol;
import dev.matriarch.objects.ConfigurationMap;
import dev.matriarch.observe.StaleConfigurations.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of an instance that refused its configuration or took it back. */
class StaleConfigurationsTest {

    private static final String REFUSED = "configuration-refused";
    private static final String TAKEN_BACK = "configuration-taken-back";
    private static final Instance STANDBY = new Instance(
            "orders-1",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Instance.Contact.REFUSED,
            Optional.empty());

    @Test
    void aLineOfHbaIsNamedByItsPlaceInTheSpec() {
        int line = lineOf("host all all all md5");
        Reason refused = reason(REFUSED, "pg_hba.conf: line " + line + ": hostssl record cannot match");
        assertThat(refused.field()).isEqualTo("spec.postgresql.hba[1]");
        assertThat(refused.message())
                .isEqualTo("orders-1 runs on its last configuration that worked. pg_hba.conf: line " + line
                        + ": hostssl record cannot match.");
        assertThat(reason(
                                TAKEN_BACK,
                                "LOG:  invalid; CONTEXT:  line " + line
                                        + " of configuration file \"/var/run/postgresql/pg_hba.conf\"; FATAL:  could not load")
                        .field())
                .isEqualTo("spec.postgresql.hba[1]");
    }

    @Test
    void whatIsWrongWithParametersIsToldAsSuch() {
        assertThat(reason(REFUSED, "postgresql.conf: FATAL: no").field()).isEqualTo("spec.postgresql.parameters");
        assertThat(reason(TAKEN_BACK, "FATAL: could not map memory"))
                .isEqualTo(new Reason(
                        "spec.postgresql",
                        "orders-1 runs on its last configuration that worked. FATAL: could not map memory."
                                + " When it is corrected, it is taken without a restart; if what it lacked is there now,"
                                + " delete Pod orders-1 to have it tried again."));
    }

    @Test
    void aStandbyThatWasRestartedTooEarlyIsHelpedByTwoRestarts() {
        String said =
                "DETAIL:  max_connections = 120 is a lower setting than on the primary server, where its value was 200.";
        assertThat(StaleConfigurations.reason(STANDBY, report(TAKEN_BACK, said), seen("max_connections lowered"))
                        .message())
                .endsWith("Delete Pod orders-0, the primary, to restart it with the new value, and then Pod orders-1.");
        assertThat(StaleConfigurations.reason(STANDBY, report(TAKEN_BACK, said), seen("work_mem"))
                        .message())
                .endsWith(" When orders-1 streams again, delete its Pod to have it tried again.");
    }

    private static Reason reason(String step, String message) {
        return StaleConfigurations.reason(STANDBY, report(step, message), seen("work_mem"));
    }

    private static Report report(String step, String message) {
        return new Report(step, "run", 1, "data", "configuration", message);
    }

    private static int lineOf(String line) {
        return ConfigurationMap.build(Samples.blueprint(""), Map.of(), List.of("# mine", line))
                        .getData()
                        .get("pg_hba.conf")
                        .lines()
                        .toList()
                        .indexOf(line)
                + 1;
    }

    private static Observation seen(String pending) {
        Instance.Database said = new Instance.Database(
                false,
                "74",
                "17.6",
                1,
                null,
                1,
                1,
                "",
                true,
                true,
                null,
                List.of(),
                List.of(),
                false,
                false,
                Optional.empty(),
                false,
                "",
                List.of(pending));
        return new Observation(
                Protocol.founded("orders-0").withDatabase("74", 1),
                List.of(
                        new Instance(
                                "orders-0",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Instance.Contact.ANSWERED,
                                Optional.of(said)),
                        STANDBY),
                2,
                Optional.empty(),
                Observation.Memory.none());
    }
}
