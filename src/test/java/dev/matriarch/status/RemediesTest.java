package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Consent;
import dev.matriarch.decide.Consenting;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Waiting;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The command that a condition prints, and what becomes of what was typed. */
class RemediesTest {

    private static final Consent LOSS =
            new Consent(3, Optional.of(new Consent.Kept("orders-1", Lsn.parse("0/3000148"))));

    private final PgCluster cluster = Samples.cluster("");

    @Test
    void whatIsWaitedForEndsWithTheCommandAsItIsToBeTyped() {
        assertThat(told(Optional.of(LOSS)))
                .isEqualTo("orders-0 is lost. kubectl -n shop annotate pgcluster/orders --overwrite"
                        + " postgres.matriarch.dev/failover='epoch 3, losing all after 0/3000148 of orders-1'"
                        + " goes on with orders-1 and loses what it does not have.");
        assertThat(told(Optional.of(new Consent(3, Optional.empty()))))
                .endsWith(
                        " postgres.matriarch.dev/failover='epoch 3, losing nothing' goes on at once and loses nothing.");
        assertThat(told(Optional.empty())).isEqualTo("orders-0 is lost.");
    }

    @Test
    void whatWasTypedIsReadFromTheAnnotation() {
        assertThat(Remedies.asked(cluster)).isEmpty();
        cluster.getMetadata().setAnnotations(Map.of("postgres.matriarch.dev/failover", LOSS.toString()));
        assertThat(Remedies.asked(cluster).flatMap(Consent::parse)).contains(LOSS);
    }

    @Test
    void whatIsRefusedNamesTheAnnotationTheReasonAndWhatWouldBeRight() {
        assertThat(Remedies.refused(
                        cluster,
                        new Consenting.Refusal("it is about epoch 2, and this is epoch 3.", Optional.of(LOSS))))
                .hasToString("Annotation postgres.matriarch.dev/failover: it is about epoch 2, and this is epoch 3."
                        + " It has no effect. kubectl -n shop annotate pgcluster/orders --overwrite"
                        + " postgres.matriarch.dev/failover='epoch 3, losing all after 0/3000148 of orders-1'"
                        + " goes on with orders-1 and loses what it does not have.");
        assertThat(Remedies.refused(cluster, new Consenting.Refusal("orders-0 is not lost.", Optional.empty()))
                        .message())
                .isEqualTo("orders-0 is not lost. It has no effect. kubectl -n shop annotate pgcluster/orders"
                        + " postgres.matriarch.dev/failover- takes it away.");
    }

    private String told(Optional<Consent> remedy) {
        return Remedies.told(cluster, new Waiting(Waiting.Reason.NoSafeCandidate, "orders-0 is lost.", remedy))
                .message();
    }
}
