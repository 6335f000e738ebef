package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgClusterStatus.InstanceStatus;
import dev.matriarch.api.PgClusterStatus.Phase;
import dev.matriarch.decide.Consent;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Planned;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import dev.matriarch.decide.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The status as a whole: the record, the phase, the instances; and what of it is worth a write. */
class StatusBuilderTest {

    @Test
    void theRecordIsReadBackAsItWasWritten() {
        Seen seen = new Seen("");
        assertThat(ProtocolStatus.read(seen.report())).isEqualTo(seen.protocol);
        assertThat(ProtocolStatus.read(null)).isEqualTo(Protocol.none());
        Protocol next = seen.protocol.withRuleBeside(Rule.none("orders-0")).nextEpoch("orders-2");
        PgClusterStatus changed = ProtocolStatus.with(seen.report(), next);
        assertThat(ProtocolStatus.read(changed)).isEqualTo(next);
        assertThat(changed.conditions())
                .as("all else stays")
                .isEqualTo(seen.report().conditions());
        assertThat(ProtocolStatus.read(ProtocolStatus.with(null, Protocol.founded("orders-0"))))
                .isEqualTo(Protocol.founded("orders-0"));
    }

    @Test
    void theTimeAfterWhichAPrimaryStopsItselfIsReadBack() {
        Rule alone = new Rule("orders-0", List.of("orders-1/e1"), 0, Duration.ofSeconds(10));
        PgClusterStatus status = ProtocolStatus.with(null, new Seen("").protocol.withRuleBeside(alone));
        assertThat(status.rules())
                .extracting(PgClusterStatus.Rule::selfFenceSeconds)
                .containsExactly(null, 10);
        assertThat(ProtocolStatus.read(status).newestRule()).isEqualTo(alone);
    }

    @Test
    void aTransitionIsReadBackWithWhatAPersonHasSaid() {
        Consent said = new Consent(1, Optional.of(new Consent.Kept("orders-1", Lsn.parse("0/3000148"))));
        Protocol opened = new Seen("").protocol.opened(Seen.NOW, Optional.of(said));
        PgClusterStatus status = ProtocolStatus.with(null, opened);
        assertThat(status.transition().consent()).isEqualTo("epoch 1, losing all after 0/3000148 of orders-1");
        assertThat(ProtocolStatus.read(status)).isEqualTo(opened);
        Protocol back = opened.takenBack(Seen.NOW.plusMillis(1_500));
        assertThat(ProtocolStatus.with(null, back).lastTransition().outageMilliseconds())
                .isEqualTo(1_500);
        assertThat(ProtocolStatus.read(ProtocolStatus.with(null, back))).isEqualTo(back);
    }

    @Test
    void aSwitchoverIsReadBackAtEachStep() {
        Planned wish = new Planned(
                "to-2", "uid-of-to-2", Seen.NOW.plusSeconds(60), Optional.empty(), Optional.empty(), List.of());
        Protocol demoting = new Seen("").protocol.opened("orders-2", Seen.NOW, wish);
        assertReadBack(demoting);
        PgClusterStatus status = ProtocolStatus.with(null, demoting);
        assertThat(status.phase()).isEqualTo(Phase.SwitchingOver);
        assertThat(status.primary()).as("nobody else leads yet").isEqualTo("orders-0");
        assertThat(status.transition().kind()).isEqualTo("Switchover");
        assertThat(status.transition().to()).isEqualTo("orders-2");
        assertThat(status.transition().planned())
                .isEqualTo(new PgClusterStatus.Planned(
                        "to-2",
                        "uid-of-to-2",
                        "2026-11-21T11:01:00.123Z",
                        null,
                        null,
                        List.of(new PgClusterStatus.Began("Demoting", "2026-11-21T11:00:00.123Z"))));

        Protocol verifying = demoting.stopped(Lsn.parse("0/5000028"), Seen.NOW.plusSeconds(1));
        assertReadBack(verifying);
        assertThat(ProtocolStatus.with(null, verifying).transition().planned().fromLsn())
                .isEqualTo("0/5000028");

        Protocol elected = verifying.elected(
                new Seen("{instances: 3}").instance(2), Rule.none("orders-2"), 2, Seen.NOW.plusSeconds(2));
        assertReadBack(elected);
        Protocol ended = elected.ended(Seen.NOW.plusMillis(2_500));
        assertReadBack(ended);
        PgClusterStatus after = ProtocolStatus.with(null, ended);
        assertThat(after.transition()).isNull();
        assertThat(after.lastSwitchover()).isEqualTo(after.lastTransition());
        assertThat(after.lastSwitchover().outageMilliseconds()).isEqualTo(2_500);
        assertThat(after.lastSwitchover().planned().phases())
                .extracting(PgClusterStatus.Began::phase)
                .containsExactly("Demoting", "Verifying", "Promoting");
    }

    @ParameterizedTest
    @EnumSource(Planned.Reversal.class)
    void whyASwitchoverWasGivenUpIsReadBack(Planned.Reversal why) {
        Planned own = new Planned("", "", Seen.NOW, Optional.empty(), Optional.empty(), List.of());
        Protocol back = new Seen("").protocol.opened("orders-2", Seen.NOW, own).takenBack(why, Seen.NOW.plusSeconds(1));
        assertReadBack(back);
        PgClusterStatus.Planned planned =
                ProtocolStatus.with(null, back).lastSwitchover().planned();
        assertThat(planned.reversal()).isEqualTo(why.name());
        assertThat(planned.name()).as("the operator's own has no PgSwitchover").isNull();
        assertThat(planned.uid()).isNull();
    }

    @Test
    void aSwitchoverThatAFailoverOvertookStaysOnRecordBesideIt() {
        Planned wish = new Planned("to-2", "uid-of-to-2", Seen.NOW, Optional.empty(), Optional.empty(), List.of());
        Protocol overtaken = new Seen("")
                .protocol
                .opened("orders-2", Seen.NOW, wish)
                .opened(Seen.NOW.plusSeconds(3), Optional.empty());
        assertReadBack(overtaken);
        PgClusterStatus status = ProtocolStatus.with(null, overtaken);
        assertThat(status.phase()).isEqualTo(Phase.FailingOver);
        assertThat(status.transition().planned()).isNull();
        assertThat(status.lastSwitchover().planned().reversal()).isEqualTo("OvertakenByFailover");
        Protocol later = overtaken.takenBack(Seen.NOW.plusSeconds(4));
        assertReadBack(later);
        assertThat(ProtocolStatus.with(null, later).lastSwitchover())
                .as("a failover does not take its place")
                .isEqualTo(status.lastSwitchover());
    }

    private static void assertReadBack(Protocol protocol) {
        assertThat(ProtocolStatus.read(ProtocolStatus.with(null, protocol))).isEqualTo(protocol);
    }

    @Test
    void aWholeClusterRuns() {
        PgClusterStatus status = new Seen("").report();
        assertThat(status.phase()).isEqualTo(Phase.Running);
        assertThat(status.observedGeneration()).isEqualTo(4);
        assertThat(status.instances()).isEqualTo(3);
        assertThat(status.readyInstances()).isEqualTo(3);
        assertThat(status.selector()).isEqualTo("postgres.matriarch.dev/cluster=orders");
        assertThat(status.binding().name()).isEqualTo("orders-app");
        assertThat(status.postgresVersion()).isEqualTo("17.6");
    }

    @Test
    void aWholeClusterWithAPodThatIsNotReadyIsDegraded() {
        Seen seen = new Seen("");
        seen.waitings.add(new Waiting(Waiting.Reason.PodTrouble, "orders-1: spec.pod.sidecars: no image"));
        assertThat(seen.report().phase()).isEqualTo(Phase.Degraded);
    }

    @Test
    void eachInstanceIsTold() {
        assertThat(new Seen("").report().instanceStatuses())
                .containsExactly(
                        new InstanceStatus("orders-0", "primary", true, "n0", 1L, "0/5000100", "", null, null),
                        new InstanceStatus("orders-1", "standby", true, "n1", 1L, "0/5000100", "quorum", 256L, null),
                        new InstanceStatus("orders-2", "standby", true, "n2", 1L, "0/5000100", "quorum", 256L, null));
    }

    @Test
    void beforeTheFirstWriteItIsBeingCreated() {
        Seen seen = new Seen("");
        seen.open = false;
        seen.streaming = List.of();
        assertThat(seen.report().phase()).isEqualTo(Phase.Creating);
        assertThat(seen.report().phase()).isEqualTo(Phase.Creating);
    }

    @Test
    void whatKeepsItFromBeingCreatedIsAFailureUntilItPasses() {
        Seen seen = new Seen("");
        seen.open = false;
        seen.waitings.add(new Waiting(Waiting.Reason.PodTrouble, "orders-0: no image"));
        assertThat(seen.report().phase()).isEqualTo(Phase.Failed);
        seen.waitings.clear();
        assertThat(seen.report().phase()).isEqualTo(Phase.Creating);
        seen.open = true;
        assertThat(seen.report().phase()).isEqualTo(Phase.Running);
    }

    @Test
    void instancesThatCannotBeMadeAreAFailure() {
        Seen seen = new Seen("");
        seen.pods = false;
        seen.replicas = -1;
        assertThat(seen.report().phase()).isEqualTo(Phase.Creating);
        seen.problems.add(new Problem("spec.pod.resources", "the API server refuses it"));
        assertThat(seen.report().phase()).isEqualTo(Phase.Failed);
    }

    @Test
    void afterThatItIsDegradedWhileSomethingIsMissing() {
        Seen seen = new Seen("");
        seen.report();
        seen.open = false;
        assertThat(seen.report().phase()).isEqualTo(Phase.Degraded);
        assertThat(seen.report().postgresVersion()).as("as it was said last").isEqualTo("17.6");
    }

    @Test
    void moreAndFewerInstancesAreScaling() {
        Seen seen = new Seen("");
        seen.report();
        seen.cluster.setSpec(seen.cluster.getSpec().withInstances(5));
        assertThat(seen.report().phase()).isEqualTo(Phase.Scaling);
        seen.cluster.setSpec(seen.cluster.getSpec().withInstances(2));
        seen.waitings.add(new Waiting(Waiting.Reason.ScalingIn, "…"));
        assertThat(seen.report().phase()).isEqualTo(Phase.Scaling);
    }

    @Test
    void hibernatedAndPausedAreSaid() {
        Seen hibernated = new Seen("hibernated: true");
        hibernated.pods = false;
        assertThat(hibernated.report().phase()).isEqualTo(Phase.Hibernated);
        assertThat(hibernated.report().instances()).isZero();
        assertThat(new Seen("hibernated: true").report().phase())
                .as("still stopping")
                .isEqualTo(Phase.Scaling);
        assertThat(new Seen("paused: true").report().phase()).isEqualTo(Phase.Paused);
    }

    @Test
    void positionsAloneAreNotWorthAWrite() {
        Seen seen = new Seen("");
        PgClusterStatus before = seen.report();
        seen.position = Lsn.parse("0/7000000");
        PgClusterStatus moved = seen.report(Seen.NOW.plusSeconds(60));
        assertThat(moved).isNotEqualTo(before);
        assertThat(StatusNews.without(moved)).isEqualTo(StatusNews.without(before));

        seen.streaming = List.of(1);
        assertThat(StatusNews.without(seen.report())).isNotEqualTo(StatusNews.without(before));
        assertThat(StatusNews.without(null)).isNull();
    }

    @Test
    void aChangedRecordIsWorthAWrite() {
        Seen seen = new Seen("");
        PgClusterStatus before = seen.report();
        seen.protocol = seen.protocol.withRuleBeside(seen.protocol.newestRule());
        assertThat(StatusNews.without(seen.report())).isNotEqualTo(StatusNews.without(before));
    }
}
