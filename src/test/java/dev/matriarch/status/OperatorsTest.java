package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Protocol;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OperatorsTest {

    private static final Instant NOW = Instant.parse("2026-11-30T08:00:00Z");

    private final Operators operators = new Operators("matriarch");

    @Test
    void writesItsNameOnceAndIsNotNamedAgainAndAgain() {
        PgCluster orders = written(null);
        assertThat(operators.isToBeNamed(orders)).isTrue();
        assertThat(operators.other(written("matriarch"), NOW)).isEmpty();

        assertThat(operators.isToBeNamed(written("ops"))).as("there are two").isFalse();
    }

    @Test
    void whoIsWrittenOverByAnotherIsNotAlone() {
        operators.other(written("matriarch"), NOW);

        assertThat(operators.other(written("ops"), NOW)).hasValueSatisfying(message -> assertThat(message)
                .startsWith(
                        "Two operators look after this PgCluster: the one in the namespace matriarch, and the one in the namespace ops.")
                .contains("matriarch.namespaces"));
        assertThat(operators.other(written("host/17"), NOW))
                .hasValueSatisfying(message -> assertThat(message).contains("one that runs as process host/17"));
    }

    @Test
    void peopleAreToldAsLongAsItLastsButNotAllTheTime() {
        operators.other(written("matriarch"), NOW);
        assertThat(operators.other(written("ops"), NOW)).isPresent();

        assertThat(operators.other(written("ops"), NOW.plusSeconds(60))).isEmpty();
        assertThat(operators.other(written("ops"), NOW.plus(Duration.ofMinutes(61))))
                .isPresent();
    }

    /** The one before has ended, and this one takes over its clusters. */
    @Test
    void whatAnotherWroteBeforeIsNothing() {
        assertThat(operators.other(written("ops"), NOW)).isEmpty();
        assertThat(operators.isToBeNamed(written("ops"))).isTrue();
    }

    /** A PgCluster that was made again has no status, and one that an older operator wrote bears no name. */
    @Test
    void noNameIsNoOther() {
        operators.other(written("matriarch"), NOW);

        assertThat(operators.other(written(null), NOW)).isEmpty();
        assertThat(operators.other(Samples.cluster(""), NOW)).isEmpty();
    }

    /** It did not lead for a while: who wrote meanwhile did so rightly. */
    @Test
    void whatWasForgottenIsNothing() {
        PgCluster orders = written("matriarch");
        operators.other(orders, NOW);
        operators.forget(ResourceID.fromResource(orders));

        assertThat(operators.other(written("ops"), NOW)).isEmpty();
    }

    private static PgCluster written(String operator) {
        PgCluster cluster = Samples.cluster("");
        cluster.setStatus(ProtocolStatus.with(null, Protocol.none()).by(operator));
        return cluster;
    }
}
