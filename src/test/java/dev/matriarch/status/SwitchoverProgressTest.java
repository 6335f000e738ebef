package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.PgSwitchoverStatus.PhaseTime;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Planned;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a PgSwitchover says once its cluster has it on record: under way, completed, given up. */
class SwitchoverProgressTest {

    private static final Instant NOW = Instant.parse("2026-11-21T11:00:10Z");

    /** It started at :00, the primary was told to stop at :01, had stopped at :02, the other was elected at :03 and led at :04.5. */
    private static final String DEMOTING = "{phase: Demoting, at: '2026-11-21T11:00:01Z'}";

    private static final String VERIFYING = DEMOTING + ", {phase: Verifying, at: '2026-11-21T11:00:02Z'}";
    private static final String PROMOTING = VERIFYING + ", {phase: Promoting, at: '2026-11-21T11:00:03Z'}";

    private static final String TRANSITION = """
            {kind: Switchover, phase: %s, epoch: 2, from: orders-0, to: orders-2, startedAt: '2026-11-21T11:00:01Z', %s
             planned: {name: to-2, uid: %s, deadline: '2026-11-21T11:01:00Z', %s phases: [%s]}}""";
    private static final String ENDED = "endedAt: '2026-11-21T11:00:04.500Z', outageMilliseconds: 3500,";
    private static final String STOPPED = "fromLsn: 0/5000028,";

    private static final PhaseTime PREPARED = time(Phase.Preparing, "11:00:00", 1_000L);
    private static final PhaseTime DEMOTED = time(Phase.Demoting, "11:00:01", 1_000L);
    private static final PhaseTime VERIFIED = time(Phase.Verifying, "11:00:02", 1_000L);

    private PgSwitchover self = Samples.switchover(
            "target: orders-2", "{phase: Preparing, from: orders-0, startedAt: '2026-11-21T11:00:00Z'}");

    private static PhaseTime time(Phase phase, String at, Long milliseconds) {
        return new PhaseTime(phase, "2026-11-21T" + at + "Z", milliseconds);
    }

    private static String underWay(String phase, String lsn, String phases) {
        return "transition: " + TRANSITION.formatted(phase, "", "uid-of-to-2", lsn, phases);
    }

    private static String led() {
        return "lastSwitchover: " + TRANSITION.formatted("Ended", ENDED, "uid-of-to-2", STOPPED, PROMOTING);
    }

    private static String reversed(String why) {
        return "lastSwitchover: "
                + TRANSITION.formatted("Ended", ENDED, "uid-of-to-2", "reversal: " + why + ", " + STOPPED, VERIFYING);
    }

    /** In which orders-2 leads in epoch 2. Timeline 2 was reserved, and another came by a promotion by hand. */
    private static String record(String changes, String instances) {
        return """
                {epoch: 2, primary: orders-2, timeline: 4, timelines: [{epoch: 1, timeline: 1}, {epoch: 2, timeline: 2}, {epoch: 2, timeline: 4}],
                 instanceStatuses: [{name: orders-2, role: primary, ready: true}%s], %s}""".formatted(instances, changes);
    }

    private PgSwitchoverStatus at(Instant now, String spec, String status) {
        self.setStatus(SwitchoverStatus.of(self, Optional.of(Samples.cluster(spec, status)), List.of(self), now));
        return self.getStatus();
    }

    private PgSwitchoverStatus at(Instant now, String status) {
        return at(now, "", status);
    }

    private PgSwitchoverStatus with(String changes) {
        return at(NOW, "{epoch: 2, primary: orders-0, " + changes + "}");
    }

    private static StatusCondition condition(PgSwitchoverStatus status, String type) {
        return status.conditions().stream()
                .filter(each -> each.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static void isCompleted(PgSwitchoverStatus status, Instant at, String message) {
        assertThat(status.phase()).isEqualTo(Phase.Completed);
        assertThat(status.completedAt()).isEqualTo(at.toString());
        assertThat(condition(status, "Complete"))
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly("True", "SwitchedOver", message);
        assertThat(condition(status, "Failed"))
                .extracting(StatusCondition::status, StatusCondition::reason)
                .containsExactly("False", "SwitchedOver");
        assertThat(status.from()).isEqualTo("orders-0");
        assertThat(status.to()).isEqualTo("orders-2");
        assertThat(status.writeOutageMilliseconds()).isEqualTo(3_500);
        assertThat(status.fromLsn()).isEqualTo("0/5000028");
        assertThat(status.timeline()).as("the last one of its epoch").isEqualTo(4);
    }

    private static void isFollowing(PgSwitchoverStatus status) {
        assertThat(status.phase()).isEqualTo(Phase.Following);
        assertThat(status.completedAt()).isNull();
        assertThat(condition(status, "Complete"))
                .extracting(StatusCondition::status, StatusCondition::message)
                .containsExactly("False", "orders-2 leads; orders-0 becomes its standby.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Demoting  | ''                   | orders-0 is being stopped.
            Verifying | 'fromLsn: 0/5000028,' | orders-0 has stopped; orders-2 must have all that it wrote.
            Promoting | 'fromLsn: 0/5000028,' | orders-2 is elected. From here there is no way back.
            """)
    void eachPhaseIsTold(Phase phase, String lsn, String sentence) {
        PgSwitchoverStatus status = with(underWay(phase.name(), lsn, PROMOTING));
        assertThat(status.phase()).isEqualTo(phase);
        assertThat(status.from()).isEqualTo("orders-0");
        assertThat(status.to()).isEqualTo("orders-2");
        assertThat(status.startedAt()).isEqualTo("2026-11-21T11:00:00Z");
        assertThat(status.completedAt()).isNull();
        assertThat(status.fromLsn()).isEqualTo(lsn.isEmpty() ? null : "0/5000028");
        assertThat(status.writeOutageMilliseconds())
                .as("not known before its end")
                .isNull();
        assertThat(status.timeline()).isNull();
        assertThat(condition(status, "Complete"))
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly("False", phase.name(), sentence);
        assertThat(condition(status, "Failed").status()).isEqualTo("False");
    }

    @Test
    void theTimeOfAPhaseIsKnownWhenTheNextBegins() {
        assertThat(with(underWay("Demoting", "", DEMOTING)).phases())
                .containsExactly(PREPARED, time(Phase.Demoting, "11:00:01", null));
        assertThat(with(underWay("Verifying", STOPPED, VERIFYING)).phases())
                .containsExactly(PREPARED, DEMOTED, time(Phase.Verifying, "11:00:02", null));
        assertThat(with(underWay("Promoting", STOPPED, PROMOTING)).phases())
                .containsExactly(PREPARED, DEMOTED, VERIFIED, time(Phase.Promoting, "11:00:03", null));
        assertThat(at(NOW, record(led(), "")).phases())
                .containsExactly(
                        PREPARED,
                        DEMOTED,
                        VERIFIED,
                        time(Phase.Promoting, "11:00:03", 1_500L),
                        time(Phase.Following, "11:00:04.500", null));
        assertThat(at(NOW, record(led(), ", {name: orders-0, role: standby, ready: true}"))
                        .phases())
                .endsWith(time(Phase.Following, "11:00:04.500", 5_500L))
                .hasSize(5);
    }

    /** The clocks of two machines that the operator ran on. */
    @Test
    void noPhaseTakesLessThanNoTime() {
        String early = "{phase: Demoting, at: '2026-11-21T10:59:59Z'}";
        assertThat(with(underWay("Demoting", "", early)).phases())
                .containsExactly(time(Phase.Preparing, "11:00:00", 0L), time(Phase.Demoting, "10:59:59", null));
    }

    /** As whoever is best, where nobody was named. */
    @Test
    void whoWasChosenIsTold() {
        self = Samples.switchover("", "{phase: Preparing, startedAt: '2026-11-21T11:00:00Z'}");
        assertThat(with(underWay("Demoting", "", DEMOTING)).to()).isEqualTo("orders-2");
    }

    @Test
    void whatIsUnderWayForAnotherIsNotItsOwn() {
        String another = TRANSITION.formatted("Demoting", "", "uid-of-another", "", DEMOTING);
        assertThat(with("transition: " + another).phase()).isEqualTo(Phase.Pending);
        String own = "transition: {kind: Switchover, phase: Demoting, epoch: 2, from: orders-0, to: orders-1,"
                + " startedAt: '2026-11-21T11:00:01Z', planned: {deadline: '2026-11-21T11:01:00Z', phases: []}}";
        assertThat(with(own).phase()).as("the operator's own").isEqualTo(Phase.Pending);
        String failover =
                "transition: {kind: Failover, phase: Fencing, epoch: 2, from: orders-0, startedAt: '2026-11-21T11:00:01Z'}";
        assertThat(with(failover).phase()).isEqualTo(Phase.Pending);
    }

    @Test
    void afterItsDeadlineItGoesOnAsLongAsTheRecordDoes() {
        String underWay = "{epoch: 2, primary: orders-2, " + underWay("Promoting", STOPPED, PROMOTING) + "}";
        assertThat(at(NOW.plusSeconds(3600), underWay).phase()).isEqualTo(Phase.Promoting);
    }

    /** Nobody leads for as long as that lasts. */
    @Test
    void whatIsUnderWayInAPausedClusterSaysWhatItWaitsFor() {
        String underWay = "{epoch: 2, primary: orders-0, " + underWay("Demoting", "", DEMOTING) + "}";
        PgSwitchoverStatus status = at(NOW, "paused: true", underWay);
        assertThat(status.phase()).isEqualTo(Phase.Demoting);
        assertThat(condition(status, "Complete").message())
                .isEqualTo("orders-0 is being stopped. It waits: spec.paused of the PgCluster is true.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''
            ', {name: orders-0, role: standby, ready: false}'
            ', {name: orders-0, role: standby}'
            ', {name: orders-0, role: "", ready: true}'
            ', {name: orders-1, role: standby, ready: true}'
            """)
    void itFollowsUntilTheOldPrimaryIsAReadyStandby(String instances) {
        isFollowing(at(NOW, record(led(), instances)));
        isCompleted(
                at(NOW.plusSeconds(1), record(led(), ", {name: orders-0, role: standby, ready: true}")),
                NOW.plusSeconds(1),
                "orders-2 leads. orders-0 is its standby.");
    }

    @Test
    void itIsCompletedWhenTheOldPrimaryIsToBeRemoved() {
        self = Samples.switchover(
                "target: orders-1", "{phase: Following, from: orders-3, startedAt: '2026-11-21T11:00:00Z'}");
        String last = led().replace("from: orders-0", "from: orders-3");
        assertThat(at(NOW, "instances: 4", record(last, "")).phase()).isEqualTo(Phase.Following);
        PgSwitchoverStatus status = at(NOW, "instances: 3", record(last, ""));
        assertThat(status.phase()).isEqualTo(Phase.Completed);
        assertThat(condition(status, "Complete").message()).isEqualTo("orders-2 leads. orders-3 is to be removed.");
    }

    @Test
    void itIsCompletedWhenTheClusterHasMovedOn() {
        String epoch3 = record(led(), "").replaceFirst("epoch: 2", "epoch: 3");
        isCompleted(at(NOW, epoch3), NOW, "orders-2 leads. The cluster has gone on to epoch 3.");
    }

    @Test
    void itIsCompletedWhenTheNextChangeOfThePrimaryHasBegun() {
        String failover = ", transition: {kind: Failover, phase: Fencing, epoch: 3, from: orders-2,"
                + " startedAt: '2026-11-21T11:00:09Z'}";
        String status = record(led() + failover, "").replaceFirst("epoch: 2", "epoch: 3");
        isCompleted(at(NOW, status), NOW, "orders-2 leads. The cluster has gone on to epoch 3.");
    }

    @Test
    void forTheOldPrimaryItWaitsTwoMinutes() {
        Instant led = Instant.parse("2026-11-21T11:00:04.500Z");
        isFollowing(at(led.plusSeconds(120), record(led(), "")));
        isCompleted(
                at(led.plusMillis(120_001), record(led(), "")),
                led.plusMillis(120_001),
                "orders-2 leads. orders-0 does not follow it yet; the PgCluster says why.");
    }

    @Test
    void whatWasCompletedStaysSoWhateverBecomesOfTheCluster() {
        PgSwitchoverStatus completed = at(NOW, record(led(), ", {name: orders-0, role: standby, ready: true}"));
        assertThat(at(NOW.plusSeconds(9), "{epoch: 7, primary: orders-1}")).isSameAs(completed);
    }

    /** The record holds one switchover only, and the operator's own may have taken its place. */
    @Test
    void whatHasLedIsCompletedThoughTheRecordHasForgottenIt() {
        isFollowing(at(NOW, record(led(), "")));
        PgSwitchoverStatus status = at(NOW.plusSeconds(1), "{epoch: 3, primary: orders-1}");
        isCompleted(status, NOW.plusSeconds(1), "orders-2 led. The cluster has gone on.");
        assertThat(status.phases())
                .endsWith(time(Phase.Following, "11:00:04.500", 6_500L))
                .hasSize(5);
    }

    @Test
    void whatHasLedIsCompletedThoughTheClusterIsDeleted() {
        isFollowing(at(NOW, record(led(), "")));
        Optional<PgCluster> none = Optional.empty();
        isCompleted(
                SwitchoverStatus.of(self, none, List.of(self), NOW.plusSeconds(1)),
                NOW.plusSeconds(1),
                "orders-2 led. The cluster has gone on.");
    }

    @ParameterizedTest
    @EnumSource(Planned.Reversal.class)
    void whatWasGivenUpHasFailedWithItsReason(Planned.Reversal why) {
        PgSwitchoverStatus status = with(reversed(why.name()));
        assertThat(status.phase()).isEqualTo(Phase.Failed);
        StatusCondition failed = condition(status, "Failed");
        assertThat(failed)
                .extracting(StatusCondition::status, StatusCondition::reason)
                .containsExactly("True", why.name());
        assertThat(failed.message())
                .startsWith(why.words().substring(0, 1).toUpperCase(Locale.ROOT)
                        + why.words().substring(1) + ". ")
                .endsWith(
                        List.of(Planned.Reversal.OvertakenByFailover, Planned.Reversal.PrimaryLost)
                                        .contains(why)
                                ? ". The PgCluster says who leads."
                                : ". orders-0 is told to lead again, in epoch 2.");
        assertThat(condition(status, "Complete"))
                .extracting(StatusCondition::status, StatusCondition::message)
                .containsExactly("False", failed.message());
        assertThat(status.from()).isEqualTo("orders-0");
        assertThat(status.to()).as("who was to lead").isEqualTo("orders-2");
        assertThat(status.fromLsn()).isEqualTo("0/5000028");
        assertThat(status.completedAt()).isEqualTo(NOW.toString());
        assertThat(status.writeOutageMilliseconds())
                .as("that of a switchover that was completed")
                .isNull();
        assertThat(status.timeline()).isNull();
        assertThat(status.phases())
                .as("its last phase lasted until the old primary was to lead again, not until somebody saw it")
                .containsExactly(PREPARED, DEMOTED, time(Phase.Verifying, "11:00:02", 2_500L));
    }

    @Test
    void whatWasGivenUpHasFailedThoughAnotherChangeIsUnderWay() {
        String failover = ", transition: {kind: Failover, phase: Fencing, epoch: 3, from: orders-0,"
                + " startedAt: '2026-11-21T11:00:09Z'}";
        assertThat(with(reversed("OvertakenByFailover") + failover).phase()).isEqualTo(Phase.Failed);
    }

    @Test
    void theGenerationThatItIsAboutIsAlwaysSaid() {
        for (String changes : List.of(underWay("Demoting", "", DEMOTING), led(), reversed("TargetLost"))) {
            self = Samples.switchover("", "{startedAt: '2026-11-21T11:00:00Z'}");
            PgSwitchoverStatus status = at(NOW, record(changes, ""));
            assertThat(status.observedGeneration()).isEqualTo(1);
            assertThat(status.conditions())
                    .extracting(StatusCondition::observedGeneration)
                    .containsOnly(1L);
        }
    }
}
