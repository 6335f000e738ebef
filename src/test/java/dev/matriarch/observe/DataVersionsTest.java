package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Protocol;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DataVersionsTest {

    @Test
    void dataOfAnotherVersionNamesItAndTheWayOn() {
        assertThat(
                        DataVersions.reason(
                                seen(
                                        "FATAL:  database files are incompatible with server; DETAIL:  The data directory"
                                                + " was initialized by PostgreSQL version 17, which is not compatible with this version 15.14 (Debian).")))
                .hasValueSatisfying(reason -> {
                    assertThat(reason.field()).isEqualTo("spec.postgresql.version");
                    assertThat(reason.message())
                            .startsWith("the data of orders-0 is of version 17 and cannot run on 15;")
                            .endsWith("Set it to 17 and make the Pods anew: kubectl delete pod orders-0.");
                });
    }

    @Test
    void anythingElseIsSomethingElse() {
        assertThat(DataVersions.reason(seen("FATAL:  out of memory"))).isEmpty();
    }

    private static Observation seen(String message) {
        Instance.Report report = new Instance.Report("failed", "run", 1, "data", "start", message);
        return new Observation(
                Protocol.founded("orders-0"),
                List.of(new Instance(
                        "orders-0",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(report),
                        Instance.Contact.REFUSED,
                        Optional.empty())),
                1,
                Optional.empty(),
                Observation.Memory.none());
    }
}
