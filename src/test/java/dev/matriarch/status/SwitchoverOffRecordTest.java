package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.PgSwitchoverStatus.PhaseTime;
import dev.matriarch.api.StatusCondition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a PgSwitchover says that had begun, when its cluster has it on record no more. {@link SwitchoverProgressTest} has those that had led. */
class SwitchoverOffRecordTest {

    /** Its deadline is a minute after its start. */
    private static final Instant NOW = Instant.parse("2026-11-21T11:00:10Z");

    private static final Instant OVER = Instant.parse("2026-11-21T11:01:05.001Z");
    private static final Optional<PgCluster> ANEW = Optional.of(Samples.cluster("", "{epoch: 3, primary: orders-0}"));

    private static PgSwitchover in(Phase phase) {
        return Samples.switchover("target: orders-2", """
                {phase: %1$s, from: orders-0, to: orders-2, startedAt: '2026-11-21T11:00:00Z', fromLsn: 0/5000028,
                 phases: [{name: Preparing, startedAt: '2026-11-21T11:00:00Z', milliseconds: 1000},
                          {name: %1$s, startedAt: '2026-11-21T11:00:01Z'}]}""".formatted(phase));
    }

    private static PgSwitchoverStatus at(Instant now, PgSwitchover self, Optional<PgCluster> cluster) {
        return SwitchoverStatus.of(self, cluster, List.of(self), now);
    }

    private static void hasFailed(PgSwitchoverStatus status, Phase in, String reason, String message) {
        assertThat(status.phase()).isEqualTo(Phase.Failed);
        assertThat(status.conditions())
                .filteredOn(each -> each.type().equals("Failed"))
                .singleElement()
                .extracting(StatusCondition::status, StatusCondition::reason, StatusCondition::message)
                .containsExactly("True", reason, message);
        assertThat(status.from()).isEqualTo("orders-0");
        assertThat(status.to()).isEqualTo("orders-2");
        assertThat(status.fromLsn()).isEqualTo("0/5000028");
        assertThat(status.phases()).extracting(PhaseTime::name).containsExactly(Phase.Preparing, in);
        assertThat(status.phases().get(1).milliseconds()).as("until now").isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"Demoting", "Verifying", "Promoting"})
    void whenTheClusterIsDeletedThatIsSaidAtOnce(Phase phase) {
        hasFailed(
                at(NOW, in(phase), Optional.empty()),
                phase,
                "ClusterDeleted",
                "PgCluster orders was deleted while it was under way, in phase " + phase + ".");
    }

    /** A cache that is late does not know of it yet, and the cluster that was made anew may begin it once more. */
    @ParameterizedTest
    @EnumSource(names = {"Demoting", "Verifying", "Promoting"})
    void ofAClusterThatKnowsNothingOfItIsWaitedForUntilItsDeadline(Phase phase) {
        PgSwitchover self = in(phase);
        assertThat(at(NOW, self, ANEW)).isSameAs(self.getStatus());
        assertThat(at(OVER.minusMillis(1), self, ANEW)).isSameAs(self.getStatus());
        hasFailed(
                at(OVER, self, ANEW),
                phase,
                "NotOnRecord",
                "It was under way, in phase " + phase
                        + ", and is on record no more. The PgCluster was made anew, or has gone on; it says who leads.");
    }
}
