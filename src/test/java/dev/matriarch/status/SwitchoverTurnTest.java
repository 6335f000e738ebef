package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverSpec;
import dev.matriarch.decide.SwitchoverWish;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose turn it is among the PgSwitchovers of a namespace, and what is asked of the cluster by the one whose turn has come. */
class SwitchoverTurnTest {

    private static final Instant NOW = Instant.parse("2026-11-21T11:00:00Z");
    private static final String STARTED = "{phase: Preparing, startedAt: '2026-11-21T10:59:30Z'}";

    private static Optional<String> ahead(PgSwitchover self, PgSwitchover... all) {
        return SwitchoverTurn.ahead(self, List.of(all), NOW)
                .map(each -> each.getMetadata().getName());
    }

    private static PgSwitchover made(String name, String at, String spec, String status) {
        PgSwitchover switchover = Samples.switchover(spec, status);
        switchover.getMetadata().setName(name);
        switchover.getMetadata().setUid("uid-of-" + name);
        switchover.getMetadata().setCreationTimestamp("2026-11-21T10:" + at + "Z");
        return switchover;
    }

    private static PgSwitchover waiting(String name, String at) {
        return made(name, at, "", "{phase: Pending}");
    }

    @Test
    void theyGoInTheOrderOfTheirCreation() {
        PgSwitchover first = waiting("second-by-name", "00:00");
        PgSwitchover second = waiting("first-by-name", "00:01");
        assertThat(ahead(first, second, first)).isEmpty();
        assertThat(ahead(second, second, first)).contains("second-by-name");
    }

    @Test
    void ofTwoAtOnceTheNameDecides() {
        PgSwitchover a = waiting("a", "00:00");
        PgSwitchover b = waiting("b", "00:00");
        assertThat(ahead(a, b, a)).isEmpty();
        assertThat(ahead(b, b, a)).contains("a");
    }

    @Test
    void oneThatWasNotSeenByItsControllerYetHasItsPlace() {
        PgSwitchover first = Samples.switchover("");
        PgSwitchover second = waiting("later", "59:59");
        assertThat(ahead(second, first, second)).contains("to-2");
    }

    @Test
    void whoHasStartedGoesFirstWheneverItWasMade() {
        PgSwitchover older = waiting("older", "00:00");
        PgSwitchover started = made("younger", "00:01", "", STARTED);
        assertThat(ahead(older, older, started)).contains("younger");
        assertThat(ahead(started, older, started)).isEmpty();
        assertThat(SwitchoverTurn.started("orders", List.of(older, started))).containsExactly(started);
    }

    @Test
    void whoHasStartedGoesOnThoughItsTimeWereStillToCome() {
        PgSwitchover started = made("started", "00:00", "notBefore: '2026-11-21T12:00:00Z'", STARTED);
        PgSwitchover other = waiting("other", "00:01");
        assertThat(ahead(other, started, other)).contains("started");
        assertThat(SwitchoverTurn.started("orders", List.of(started, other))).containsExactly(started);
    }

    @Test
    void oneWhoseTimeHasNotComeKeepsNobodyWaiting() {
        PgSwitchover older = made("tonight", "00:00", "notBefore: '2026-11-21T11:00:00.001Z'", "{phase: Pending}");
        PgSwitchover younger = waiting("now", "00:01");
        assertThat(ahead(younger, older, younger)).isEmpty();
    }

    @Test
    void oneWhoseTimeHasComeHasItsPlace() {
        PgSwitchover older = made("now", "00:00", "notBefore: '2026-11-21T12:00:00+01:00'", "{phase: Pending}");
        PgSwitchover younger = waiting("later", "00:01");
        assertThat(ahead(younger, older, younger)).contains("now");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-02-31T02:00:00Z", "2026-12-01T02:00:00+99:00", "2026-12-01T02:00:00", "tomorrow"})
    void oneWithATimeThatIsNoneKeepsNobodyWaiting(String time) {
        PgSwitchover older = made("never", "00:00", "notBefore: '" + time + "'", "{phase: Pending}");
        PgSwitchover younger = waiting("now", "00:01");
        assertThat(SwitchoverTurn.notBefore(older)).isEqualTo(Instant.MAX);
        assertThat(ahead(younger, older, younger)).isEmpty();
        assertThat(SwitchoverTurn.started("orders", List.of(older))).isEmpty();
    }

    @Test
    void withoutATimeItIsAlwaysTime() {
        assertThat(SwitchoverTurn.notBefore(Samples.switchover(""))).isEqualTo(Instant.MIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Completed", "Failed"})
    void oneThatHasEndedKeepsNobodyWaiting(String phase) {
        PgSwitchover ended = made("ended", "00:00", "", "{phase: " + phase + ", startedAt: '2026-11-21T10:00:00Z'}");
        PgSwitchover next = waiting("next", "00:01");
        assertThat(ahead(next, ended, next)).isEmpty();
        assertThat(SwitchoverTurn.started("orders", List.of(ended, next))).isEmpty();
    }

    @Test
    void oneThatIsBeingDeletedKeepsNobodyWaiting() {
        PgSwitchover deleted = made("deleted", "00:00", "", STARTED);
        deleted.getMetadata().setDeletionTimestamp("2026-11-21T11:00:00Z");
        PgSwitchover next = waiting("next", "00:01");
        assertThat(ahead(next, deleted, next)).isEmpty();
        assertThat(SwitchoverTurn.wishes("orders", List.of(deleted, next))).isEmpty();
    }

    @Test
    void anotherClustersOneKeepsNobodyWaiting() {
        PgSwitchover invoices = made("of-invoices", "00:00", "", STARTED);
        invoices.setSpec(new PgSwitchoverSpec("invoices", null, null, null, null, null));
        PgSwitchover orders = waiting("of-orders", "00:01");
        assertThat(ahead(orders, invoices, orders)).isEmpty();
        assertThat(SwitchoverTurn.started("orders", List.of(invoices, orders))).isEmpty();
        assertThat(SwitchoverTurn.started("invoices", List.of(invoices, orders)))
                .containsExactly(invoices);
    }

    /** The identity tells them apart: the one of this name that was deleted is another one. */
    @Test
    void itDoesNotTakeItsPredecessorOfTheSameNameForItself() {
        PgSwitchover before = made("to-2", "00:00", "", STARTED);
        PgSwitchover after = Samples.switchover("");
        after.getMetadata().setUid("another");
        assertThat(ahead(after, before, after)).contains("to-2");
    }

    /** Who let the second one start had not seen the first: both ask, and the one that is not begun yet does not take back the one that is. */
    @Test
    void ofTwoThatHaveStartedBothAsk() {
        PgSwitchover younger = made("younger", "00:01", "", STARTED);
        PgSwitchover older = made("older", "00:00", "", STARTED);
        assertThat(SwitchoverTurn.wishes("orders", List.of(younger, older)))
                .extracting(SwitchoverWish::uid)
                .containsExactly("uid-of-older", "uid-of-younger");
    }

    @Test
    void oneIsLookedAtAgainWhenItsTimeHasCome() {
        PgSwitchover later = made("a", "00:00", "notBefore: '2026-11-21T11:00:30.5Z'", "{phase: Pending}");
        assertThat(SwitchoverTurn.untilItsTime(later, NOW)).contains(Duration.ofMillis(30_500));
        assertThat(SwitchoverTurn.untilItsTime(later, NOW.plusMillis(30_500))).isEmpty();
        assertThat(SwitchoverTurn.untilItsTime(waiting("a", "00:00"), NOW)).isEmpty();
        PgSwitchover started = made("a", "00:00", "notBefore: '2026-11-21T11:00:30.5Z'", STARTED);
        assertThat(SwitchoverTurn.untilItsTime(started, NOW)).isEmpty();
        PgSwitchover far = made("a", "00:00", "notBefore: '9999-12-31T23:59:59Z'", "{phase: Pending}");
        assertThat(SwitchoverTurn.untilItsTime(far, NOW))
                .hasValueSatisfying(wait -> assertThat(wait).isGreaterThan(Duration.ofDays(365)));
    }

    @Test
    void whoHasNotStartedAsksForNothing() {
        assertThat(SwitchoverTurn.wishes("orders", List.of(waiting("a", "00:00"))))
                .isEmpty();
        assertThat(SwitchoverTurn.deadline(waiting("a", "00:00"))).isEmpty();
    }

    /** Whoever may write a status may write anything. Clusters are looked after all the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {"yesterday", "''", "2026-11-21", "+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z"})
    void oneWhoseStartIsNoTimeHasNotStarted(String time) {
        PgSwitchover odd = made("odd", "00:00", "", "{phase: Preparing, startedAt: " + time + "}");
        PgSwitchover next = waiting("next", "00:01");
        assertThat(SwitchoverTurn.startedAt(odd)).isEmpty();
        assertThat(SwitchoverTurn.wishes("orders", List.of(odd, next))).isEmpty();
        assertThat(ahead(next, odd, next)).contains("odd");
    }

    @Test
    void whoseTargetLeadsAsksForNothingMore() {
        PgSwitchover following = made("a", "00:00", "", STARTED.replace("Preparing", "Following"));
        PgSwitchover next = waiting("b", "00:01");
        assertThat(SwitchoverTurn.wishes("orders", List.of(following, next))).isEmpty();
        assertThat(ahead(next, following, next)).as("but is not over yet").contains("a");
    }

    @Test
    void itIsDeletedSoLongAfterItsEnd() {
        String ended = "{phase: Completed, completedAt: '2026-11-21T11:00:00.5Z'}";
        assertThat(SwitchoverTurn.deletedAt(Samples.switchover("ttlSecondsAfterFinished: 60", ended)))
                .contains(Instant.parse("2026-11-21T11:01:00.5Z"));
        assertThat(SwitchoverTurn.deletedAt(Samples.switchover("ttlSecondsAfterFinished: 0", ended)))
                .contains(Instant.parse("2026-11-21T11:00:00.5Z"));
        assertThat(SwitchoverTurn.deletedAt(Samples.switchover("", ended))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{phase: Failed}", "{phase: Completed, completedAt: some day}"})
    void oneWhoseEndIsNotKnownStays(String status) {
        assertThat(SwitchoverTurn.deletedAt(Samples.switchover("ttlSecondsAfterFinished: 0", status)))
                .isEmpty();
    }

    @Test
    void whoHasStartedAsksWithItsTargetItsLagAndItsDeadline() {
        assertThat(SwitchoverTurn.wishes(
                        "orders",
                        List.of(made("a", "00:00", "target: orders-2\nmaxLag: 1Ki\ndeadlineSeconds: 90", STARTED))))
                .contains(new SwitchoverWish(
                        "a", "uid-of-a", Optional.of("orders-2"), 1024, Instant.parse("2026-11-21T11:01:00Z")));
        assertThat(SwitchoverTurn.wishes("orders", List.of(made("a", "00:00", "", STARTED))))
                .as("defaults")
                .contains(new SwitchoverWish(
                        "a", "uid-of-a", Optional.empty(), 16 << 20, Instant.parse("2026-11-21T11:00:30Z")));
    }

    /** Each is one to isQuantity() of Kubernetes; those with an exponent the CRD refuses. None may end in an error, nor in a lag below none. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "16, 16",
        "1k, 1000",
        "+1Ki, 1024",
        "1.5Ki, 1536",
        ".5Ki, 512",
        "5.Ki, 5120",
        "1e3, 1000",
        "1E3, 1000",
        "1e+3, 1000",
        "5000m, 5",
        "2000000u, 2",
        "3000000000n, 3",
        "-0, 0",
        "1E, 1000000000000000000",
        "1Pi, 1125899906842624",
        "8Ei, 9223372036854775807",
        "16Ei, 9223372036854775807",
        "99999999999999999999999999999999, 9223372036854775807",
        "1e999999999, 9223372036854775807",
        "1e1000000000, 9223372036854775807",
        "1e99999999999, 9223372036854775807",
        "1e-999999999, 0",
        "1E-99999999999, 0"
    })
    void aLagIsAnyQuantityOfBytes(String maxLag, long bytes) {
        assertThat(SwitchoverTurn.wishes("orders", List.of(made("a", "00:00", "maxLag: '" + maxLag + "'", STARTED))))
                .singleElement()
                .extracting(SwitchoverWish::maxLag)
                .isEqualTo(bytes);
    }
}
