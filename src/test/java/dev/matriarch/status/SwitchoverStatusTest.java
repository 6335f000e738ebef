package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.PgSwitchoverStatus.PhaseTime;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.SwitchoverAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a PgSwitchover says until it has begun to stop the primary; {@link SwitchoverProgressTest} has what follows. */
class SwitchoverStatusTest {

    private static final Instant NOW = Instant.parse("2026-11-21T11:00:00.123Z");
    private static final String WELL = "{epoch: 1, primary: orders-0}";

    private PgSwitchover self = Samples.switchover("target: orders-2");
    private Optional<PgCluster> cluster = Optional.of(Samples.cluster("", WELL));

    /** The status at that time, which from then on is the present one. */
    private PgSwitchoverStatus at(Instant now, PgSwitchover... others) {
        List<PgSwitchover> all = new ArrayList<>(List.of(others));
        all.add(self);
        self.setStatus(SwitchoverStatus.of(self, cluster, all, now));
        return self.getStatus();
    }

    private PgSwitchoverStatus now() {
        return at(NOW);
    }

    private static StatusCondition condition(PgSwitchoverStatus status, String type) {
        assertThat(status.conditions()).extracting(StatusCondition::type).containsExactly("Complete", "Failed");
        return status.conditions().stream()
                .filter(each -> each.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static void waits(PgSwitchoverStatus status, Phase phase, String reason, String message) {
        assertThat(status.phase()).isEqualTo(phase);
        assertThat(status.completedAt()).isNull();
        assertThat(condition(status, "Complete"))
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly("False", reason, message);
        assertThat(condition(status, "Failed"))
                .extracting(StatusCondition::status, StatusCondition::reason)
                .containsExactly("False", reason);
    }

    private static void hasFailed(PgSwitchoverStatus status, String reason, String message) {
        assertThat(status.phase()).isEqualTo(Phase.Failed);
        assertThat(status.completedAt()).isNotNull();
        assertThat(condition(status, "Complete").status()).isEqualTo("False");
        assertThat(condition(status, "Failed"))
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly("True", reason, message);
    }

    private void clusterSays(String answer) {
        cluster = Optional.of(Samples.cluster("", "{epoch: 1, primary: orders-0, switchoverAnswer: {" + answer + "}}"));
    }

    private void clusterSays(String reason, String message, boolean refused) {
        clusterSays("uid: uid-of-to-2, reason: %s, message: '%s', refused: %s".formatted(reason, message, refused));
    }

    @Test
    void itStartsWhenItsTurnHasCome() {
        PgSwitchoverStatus status = now();
        waits(status, Phase.Preparing, "Considered", "The cluster is being looked at.");
        assertThat(status.startedAt()).isEqualTo("2026-11-21T11:00:00.123Z");
        assertThat(status.from()).isEqualTo("orders-0");
        assertThat(status.to()).isEqualTo("orders-2");
        assertThat(status.phases()).containsExactly(new PhaseTime(Phase.Preparing, NOW.toString(), null));
        assertThat(status.writeOutageMilliseconds()).isNull();
        assertThat(status.timeline()).isNull();
        assertThat(status.fromLsn()).isNull();
        assertThat(at(NOW.plusSeconds(3)).startedAt()).as("it stays").isEqualTo("2026-11-21T11:00:00.123Z");
    }

    @Test
    void withoutATargetNobodyIsNamedYet() {
        self = Samples.switchover("");
        assertThat(now().to()).isNull();
    }

    @Test
    void beforeItsTimeItWaits() {
        self = Samples.switchover("notBefore: '2026-11-21T12:00:00.5+01:00'");
        PgSwitchoverStatus status = now();
        waits(status, Phase.Pending, "NotBefore", "It starts at 2026-11-21T11:00:00.500Z.");
        assertThat(status.startedAt()).isNull();
        assertThat(status.from()).as("who leads then is not known").isNull();
        assertThat(status.phases()).isNull();
        assertThat(at(Instant.parse("2026-11-21T11:00:00.499Z")).phase()).isEqualTo(Phase.Pending);
        assertThat(at(Instant.parse("2026-11-21T11:00:00.500Z")).phase()).isEqualTo(Phase.Preparing);
    }

    @Test
    void aTimeThatIsNoneFailsItAtOnce() {
        self = Samples.switchover("notBefore: '2026-02-31T02:00:00Z'");
        PgSwitchoverStatus status = now();
        hasFailed(status, "NoSuchTime", "spec.notBefore: there is no such time.");
        assertThat(status.startedAt()).isNull();
        assertThat(status.phases()).isNull();
    }

    @Test
    void itWaitsForTheOneAhead() {
        PgSwitchover first = Samples.switchover("");
        first.getMetadata().setName("to-1");
        first.getMetadata().setUid("uid-of-to-1");
        first.getMetadata().setCreationTimestamp("2026-11-21T10:00:00Z");
        PgSwitchoverStatus status = at(NOW, first);
        waits(status, Phase.Pending, "WaitsForAnother", "PgSwitchover to-1 of this cluster goes first.");
        assertThat(status.startedAt()).isNull();
        assertThat(at(NOW.plusSeconds(3600), first).phase()).as("however long").isEqualTo(Phase.Pending);
        PgSwitchover ended = Samples.switchover("", "{phase: Failed}");
        ended.setMetadata(first.getMetadata());
        PgSwitchoverStatus started = at(NOW.plusSeconds(3601), ended);
        assertThat(started.phase()).isEqualTo(Phase.Preparing);
        assertThat(started.startedAt())
                .as("its deadline counts from its turn")
                .isEqualTo(NOW.plusSeconds(3601).toString());
    }

    @Test
    void anUnknownClusterMayStillBeMadeBeforeItsDeadline() {
        cluster = Optional.empty();
        String unknown = "spec.cluster: there is no PgCluster orders in this namespace.";
        PgSwitchoverStatus status = now();
        waits(status, Phase.Pending, "ClusterNotFound", unknown);
        assertThat(status.from()).isNull();
        assertThat(at(NOW.plusSeconds(60)).phase()).isEqualTo(Phase.Pending);
        hasFailed(
                at(NOW.plusSeconds(66)),
                "ClusterNotFound",
                "It did not begin within spec.deadlineSeconds, 60 s. " + unknown);
    }

    @Test
    void inAPausedClusterNothingIsChanged() {
        cluster = Optional.of(Samples.cluster("paused: true", WELL));
        waits(now(), Phase.Pending, "ClusterPaused", "spec.paused of the PgCluster is true: nothing is changed.");
        hasFailed(
                at(NOW.plusSeconds(66)),
                "ClusterPaused",
                "It did not begin within spec.deadlineSeconds, 60 s."
                        + " spec.paused of the PgCluster is true: nothing is changed.");
    }

    @Test
    void aClusterThatIsBeingDeletedWillNotBeThere() {
        cluster.get().getMetadata().setDeletionTimestamp("2026-11-21T10:59:59Z");
        hasFailed(now(), "ClusterDeleted", "PgCluster orders is being deleted.");
    }

    /** The cluster says so itself some seconds later: meanwhile it has more urgent things to do. */
    @Test
    void whileThePrimaryIsBeingReplacedItWaitsForThat() {
        cluster = Optional.of(Samples.cluster(
                "",
                "{epoch: 2, primary: orders-0, transition: {kind: Failover, phase: Fencing, epoch: 2, from: orders-0,"
                        + " startedAt: '2026-11-21T11:00:00Z'}}"));
        waits(
                now(),
                Phase.Pending,
                "FailingOver",
                "orders-0 is lost or being replaced. The switchover waits for that.");
    }

    @Test
    void itWaitsForTheOperatorsOwn() {
        cluster = Optional.of(Samples.cluster(
                "",
                "{epoch: 2, primary: orders-2, transition: {kind: Switchover, phase: Demoting, epoch: 2, from: orders-2,"
                        + " to: orders-0, startedAt: '2026-11-21T11:00:00Z',"
                        + " planned: {deadline: '2026-11-21T11:01:00Z', phases: []}}}"));
        String words = "Another switchover of this cluster, to orders-0, is under way.";
        waits(now(), Phase.Pending, "WaitsForAnother", words);
        hasFailed(
                at(NOW.plusSeconds(66)),
                "WaitsForAnother",
                "It did not begin within spec.deadlineSeconds, 60 s. " + words);
    }

    @Test
    void aWordThatIsNoReasonIsNoAnswer() {
        clusterSays("Whatever", "No.", true);
        waits(now(), Phase.Preparing, "Considered", "The cluster is being looked at.");
    }

    /** Somebody has written it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{phase: Preparing, startedAt: yesterday}",
                "{startedAt: '', conditions: [{status: 'False'}, {type: Complete}]}",
                "{phase: Verifying}"
            })
    void aStatusThatMakesNoSenseIsPutRight(String status) {
        self = Samples.switchover("", status);
        waits(now(), Phase.Preparing, "Considered", "The cluster is being looked at.");
        assertThat(self.getStatus().startedAt()).isEqualTo(NOW.toString());
    }

    @Test
    void aClusterWithoutAStatusIsBeingLookedAt() {
        cluster = Optional.of(Samples.cluster(""));
        waits(now(), Phase.Preparing, "Considered", "The cluster is being looked at.");
    }

    @ParameterizedTest
    @CsvSource({
        "ClusterNotReady, Pending",
        "ClusterHibernated, Pending",
        "FailingOver, Pending",
        "ChangingRule, Preparing",
        "TargetNotStreaming, Preparing",
        "TargetTooFarBehind, Preparing",
        "Checkpointing, Preparing"
    })
    void whatTheClusterSaysIsPassedOnAndFailsItAtItsDeadline(String reason, Phase phase) {
        assertThat(SwitchoverAnswer.Reason.valueOf(reason).isRefused()).isFalse();
        clusterSays(reason, "Why it waits.", false);
        waits(now(), phase, reason, "Why it waits.");
        assertThat(at(NOW.plusSeconds(60)).phase()).isEqualTo(phase);
        hasFailed(at(NOW.plusSeconds(66)), reason, "It did not begin within spec.deadlineSeconds, 60 s. Why it waits.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UnknownTarget", "TargetIsPrimary", "NoStandby"})
    void whatIsRefusedFailsAtOnce(String reason) {
        assertThat(SwitchoverAnswer.Reason.valueOf(reason).isRefused()).isTrue();
        now();
        clusterSays(reason, "Why it cannot be.", true);
        PgSwitchoverStatus status = at(NOW.plusSeconds(2));
        hasFailed(status, reason, "Why it cannot be.");
        assertThat(status.completedAt()).isEqualTo(NOW.plusSeconds(2).toString());
        assertThat(status.phases()).containsExactly(new PhaseTime(Phase.Preparing, NOW.toString(), 2_000L));
    }

    @Test
    void whatWasSaidToAnotherIsNotItsAnswer() {
        clusterSays("uid: uid-of-another, reason: UnknownTarget, message: 'No.', refused: true");
        waits(now(), Phase.Preparing, "Considered", "The cluster is being looked at.");
    }

    @Test
    void whatTheClusterSaidBeforeItWasPausedIsPassed() {
        clusterSays("TargetTooFarBehind", "Far.", false);
        cluster.get().setSpec(Samples.cluster("paused: true").getSpec());
        waits(now(), Phase.Pending, "ClusterPaused", "spec.paused of the PgCluster is true: nothing is changed.");
    }

    @Test
    void withoutAWordOfTheClusterItFailsAfterItsDeadline() {
        self = Samples.switchover("deadlineSeconds: 5");
        now();
        assertThat(at(NOW.plusSeconds(10)).phase())
                .as("what has begun at the last moment may not be seen yet")
                .isEqualTo(Phase.Preparing);
        PgSwitchoverStatus status = at(NOW.plusMillis(10_001));
        hasFailed(
                status,
                "DeadlineExceeded",
                "It did not begin within spec.deadlineSeconds, 5 s. The cluster is being looked at.");
        assertThat(status.to()).isNull();
        assertThat(status.writeOutageMilliseconds()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Completed", "Failed"})
    void whatHasEndedNeverChanges(String phase) {
        self = Samples.switchover("", "{observedGeneration: 1, phase: " + phase + ", to: orders-1}");
        PgSwitchoverStatus before = self.getStatus();
        clusterSays("UnknownTarget", "No.", true);
        assertThat(now()).isSameAs(before);
        cluster = Optional.empty();
        assertThat(at(NOW.plusSeconds(1000))).isSameAs(before);
    }

    @Test
    void aConditionsTimeChangesWithItsStatusOnly() {
        PgSwitchoverStatus first = now();
        assertThat(first.conditions())
                .extracting(StatusCondition::lastTransitionTime)
                .containsOnly("2026-11-21T11:00:00Z");
        clusterSays("Checkpointing", "It writes a checkpoint.", false);
        assertThat(at(NOW.plusSeconds(5)).conditions())
                .as("another reason, the same status")
                .extracting(StatusCondition::lastTransitionTime)
                .containsOnly("2026-11-21T11:00:00Z");
        clusterSays("NoStandby", "Nobody.", true);
        PgSwitchoverStatus failed = at(NOW.plusSeconds(9));
        assertThat(condition(failed, "Complete").lastTransitionTime()).isEqualTo("2026-11-21T11:00:00Z");
        assertThat(condition(failed, "Failed").lastTransitionTime()).isEqualTo("2026-11-21T11:00:09Z");
    }

    @Test
    void nothingNewIsNothingToWrite() {
        PgSwitchoverStatus before = now();
        assertThat(at(NOW.plusSeconds(5))).isEqualTo(before);
    }

    @Test
    void theGenerationThatItIsAboutIsAlwaysSaid() {
        self.getMetadata().setGeneration(3L);
        PgSwitchoverStatus status = now();
        assertThat(status.observedGeneration()).isEqualTo(3);
        assertThat(status.conditions())
                .extracting(StatusCondition::observedGeneration)
                .containsOnly(3L);
        cluster = Optional.empty();
        PgSwitchoverStatus failed = at(NOW.plusSeconds(100));
        assertThat(failed.observedGeneration()).isEqualTo(3);
        self = Samples.switchover("notBefore: '2027-11-21T12:00:00Z'");
        assertThat(now().observedGeneration()).isEqualTo(1);
    }
}
