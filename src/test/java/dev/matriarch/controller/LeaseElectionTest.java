package dev.matriarch.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseElectionTest {

    private final Instant began = Instant.parse("2026-11-29T04:00:00Z");
    private Duration passed = Duration.ZERO;
    private final ApiServer server = new ApiServer();
    private final LeaseElection one = election("one", Duration.ZERO);
    private final LeaseElection other = election("other", Duration.ofMinutes(-5));

    @Test
    void whoComesFirstLeadsAndTheOtherWaits() {
        one.step();
        other.step();

        assertThat(one.leads()).isTrue();
        assertThat(other.leads()).isFalse();
        assertThat(server.lease.getSpec().getHolderIdentity()).isEqualTo("one");
        assertThat(server.lease.getSpec().getLeaseTransitions()).isZero();
    }

    @Test
    void whoRenewsLeadsOnWhateverTheClockOfTheOtherSays() {
        for (int second = 0; second < 60; second++) {
            one.step();
            other.step();
            assertThat(one.leads()).isTrue();
            assertThat(other.leads()).isFalse();
            pass(LeaseElection.RENEWED_EVERY);
        }
    }

    /** The operator has died. */
    @Test
    void theOtherTakesOverInLessThanFiveSeconds() {
        one.step();
        Duration waited = Duration.ZERO;
        while (!other.leads()) {
            Duration pause = other.step();
            if (!other.leads()) {
                pass(pause);
                waited = waited.plus(pause);
            }
        }
        assertThat(waited).isLessThan(Duration.ofSeconds(5)).isGreaterThanOrEqualTo(LeaseElection.LASTS);
        assertThat(server.lease.getSpec().getLeaseTransitions()).isEqualTo(1);
    }

    @Test
    void whoCannotRenewCeasesByItselfBeforeTheOtherMayBegin() {
        one.step();
        other.step();
        server.fails = true;
        pass(LeaseElection.ACTS.minusMillis(1));
        assertThat(one.leads()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(one.leads()).isFalse();
        assertThatThrownBy(one::step).isInstanceOf(IllegalStateException.class);

        server.fails = false;
        other.step();
        assertThat(other.leads()).isFalse();
        pass(LeaseElection.LASTS.minus(LeaseElection.ACTS));
        other.step();
        assertThat(other.leads()).isTrue();
        one.step();
        assertThat(one.leads()).isFalse();
    }

    /** It waits for the answer; what it sent before that is what counts. */
    @Test
    void aLateAnswerIsNotWorthMoreForBeingLate() {
        one.step();
        server.answersAfter = LeaseElection.ACTS;
        one.step();
        assertThat(one.leads()).isFalse();
    }

    @Test
    void theSameLeadsOnWithoutABreakWhenEachAnswerTakesMoreThanASecond() {
        one.step();
        server.leads = one;
        for (int i = 0; i < 20; i++) {
            server.answersAfter = Duration.ofMillis(1_200);
            Duration pause = one.step();
            assertThat(pause).isZero();
            server.answersAfter = Duration.ZERO; // the other is answered at once
            other.step();
            assertThat(other.leads()).isFalse();
        }
        assertThat(server.lease.getSpec().getLeaseTransitions()).isZero();
    }

    @Test
    void whoHadItAndCannotBeSureLooksAndLeadsOn() {
        one.step();
        server.losesAnswer = true;
        pass(LeaseElection.RENEWED_EVERY);
        assertThatThrownBy(one::step).isInstanceOf(IllegalStateException.class);

        one.step();

        assertThat(one.leads()).isTrue();
    }

    @Test
    void whoGivesItBackIsFollowedAtOnce() {
        one.step();
        other.step();
        one.release();
        assertThat(one.leads()).isFalse();

        other.step();

        assertThat(other.leads()).isTrue();
    }

    @Test
    void whoWaitsGivesNothingBack() {
        one.step();
        other.step();
        other.release();
        assertThat(server.lease.getSpec().getHolderIdentity()).isEqualTo("one");
    }

    /** All were killed a while ago. */
    @Test
    void whatNobodyHasRenewedForLongIsTakenAtOnce() {
        election("older", Duration.ZERO).step();
        pass(Duration.ofSeconds(31));
        one.step();
        assertThat(one.leads()).isTrue();
    }

    @Test
    void twoThatTakeItAtTheSameTimeAreTold() {
        server.fasterThanNext = election("faster", Duration.ZERO);
        one.step();
        assertThat(one.leads()).isFalse();
        assertThat(server.lease.getSpec().getHolderIdentity()).isEqualTo("faster");
    }

    private void pass(Duration time) {
        passed = passed.plus(time);
    }

    private LeaseElection election(String identity, Duration clockOff) {
        return new LeaseElection(
                server,
                identity,
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public Instant instant() {
                        return began.plus(passed).plus(clockOff);
                    }
                },
                () -> passed.toNanos());
    }

    /** One Lease, and the ways in which asking for it goes wrong. */
    private final class ApiServer implements LeaseElection.Store {

        private Lease lease;
        private int version;
        private boolean fails;
        private boolean losesAnswer;
        private Duration answersAfter = Duration.ZERO;
        private LeaseElection fasterThanNext;
        private LeaseElection leads;

        @Override
        public Optional<Lease> read() {
            answer();
            return Optional.ofNullable(lease).map(each -> new LeaseBuilder(each).build());
        }

        @Override
        public Optional<Lease> write(Lease wanted) {
            if (fasterThanNext != null) {
                LeaseElection faster = fasterThanNext;
                fasterThanNext = null;
                faster.step();
            }
            answer();
            String expected = lease == null ? null : lease.getMetadata().getResourceVersion();
            String given =
                    wanted.getMetadata() == null ? null : wanted.getMetadata().getResourceVersion();
            if (expected == null ? given != null : !expected.equals(given)) {
                return Optional.empty();
            }
            lease = new LeaseBuilder(wanted)
                    .editOrNewMetadata()
                    .withResourceVersion(String.valueOf(++version))
                    .endMetadata()
                    .build();
            if (losesAnswer) {
                losesAnswer = false;
                throw new IllegalStateException("the connection has ended");
            }
            return Optional.of(new LeaseBuilder(lease).build());
        }

        private void answer() {
            if (fails) {
                throw new IllegalStateException("no answer");
            }
            pass(answersAfter);
            if (leads != null) {
                assertThat(leads.leads()).as("before it is answered").isTrue();
            }
        }
    }
}
