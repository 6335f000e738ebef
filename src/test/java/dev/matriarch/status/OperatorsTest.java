package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Protocol;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorsTest {

    private Instant now = Instant.parse("2026-11-30T08:00:00Z");

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    };

    /** The PgCluster as the API server has it. */
    private PgCluster orders = form(1, null);

    private int writes;
    private final List<String> told = new ArrayList<>();
    private final Operators ours = new Operators("matriarch", clock);
    private final Operators theirs = new Operators("ops", clock);

    @Test
    void aloneItWritesItsNameOnce() {
        rounds(10, ours);

        assertThat(orders.getStatus().operator()).isEqualTo("matriarch");
        assertThat(writes).isOne();
        assertThat(told).isEmpty();
    }

    @Test
    void twoAreToldAfterAFewWritesAndThenLeaveItAtThat() {
        rounds(10, ours, theirs);

        assertThat(told)
                .containsExactly(
                        "Two operators look after this PgCluster: the one in the namespace matriarch, and the one in the namespace ops. They do everything twice, and "
                                + "undo each other's work where they differ. End one of them, or give each namespaces of its own (matriarch.namespaces).");
        assertThat(writes).isEqualTo(4);
    }

    @Test
    void peopleAreToldAsLongAsItLasts() {
        rounds(3, ours, theirs);
        now = now.plus(Duration.ofMinutes(59));
        rounds(3, ours, theirs);
        assertThat(told).hasSize(1);

        now = now.plus(Duration.ofMinutes(2));
        rounds(10, ours, theirs);
        assertThat(told).hasSize(2);
        assertThat(writes).isLessThanOrEqualTo(8);
    }

    @Test
    void whenTheOtherHasEndedNobodyIsToldAnyMore() {
        rounds(3, ours, theirs);
        assertThat(told).hasSize(1);

        now = now.plus(Duration.ofMinutes(61));
        rounds(3, ours);
        now = now.plus(Duration.ofMinutes(61));
        rounds(3, ours);

        assertThat(told).hasSize(1);
        assertThat(orders.getStatus().operator()).isEqualTo("matriarch");
    }

    /** The one before has ended, and this one takes over its clusters. */
    @Test
    void whatAnotherWroteBeforeIsNothing() {
        rounds(3, theirs);
        rounds(3, ours);

        assertThat(told).isEmpty();
        assertThat(orders.getStatus().operator()).isEqualTo("matriarch");
        assertThat(writes).isEqualTo(2);
    }

    /** A laptop slept, and another looked after it meanwhile and has ended. */
    @Test
    void whoHasSleptIsAlone() {
        rounds(3, ours);
        rounds(3, theirs);
        rounds(3, ours);

        assertThat(told).isEmpty();
        assertThat(orders.getStatus().operator()).isEqualTo("matriarch");
    }

    /** Its own write is not in the cache yet. */
    @Test
    void anOldFormTellsNothing() {
        PgCluster old = form(1, "ops");
        ours.named(form(2, "matriarch"));

        assertThat(ours.other(old)).isEmpty();
        assertThat(ours.other(old)).isEmpty();
        rounds(1, ours);
        assertThat(told).isEmpty();
    }

    /** A PgCluster that was made again has no status. */
    @Test
    void noNameIsNoOther() {
        rounds(1, ours);
        assertThat(ours.other(form(9, null))).isEmpty();
        assertThat(ours.other(form(10, null))).isEmpty();
    }

    /** It did not lead for a while: who wrote meanwhile did so rightly. */
    @Test
    void whatWasForgottenIsNothing() {
        rounds(1, ours);
        ours.forget(ResourceID.fromResource(orders));
        rounds(1, theirs);

        assertThat(ours.other(orders)).isEmpty();
    }

    @Test
    void aProcessIsNamedByItsHost() {
        Operators laptop = new Operators("tower/17", clock);
        rounds(10, ours, laptop);

        assertThat(told)
                .singleElement()
                .asString()
                .contains("the one in the namespace matriarch", "one that runs as process tower/17");
    }

    private void rounds(int times, Operators... all) {
        for (int round = 0; round < times; round++) {
            for (Operators each : all) {
                each.other(orders).ifPresent(told::add);
                if (each.isToBeNamed(orders)) {
                    orders = form(Long.parseLong(orders.getMetadata().getResourceVersion()) + 1, each.own());
                    writes++;
                    each.named(orders);
                }
            }
        }
    }

    private static PgCluster form(long version, String operator) {
        PgCluster cluster = Samples.cluster("");
        cluster.getMetadata().setResourceVersion(String.valueOf(version));
        cluster.setStatus(ProtocolStatus.with(null, Protocol.none()).by(operator));
        return cluster;
    }
}
