package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.StatusCondition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a PgSwitchover says that had begun, as it says itself, and is on record no more: a record holds the last switchover only, and goes with its PgCluster. */
final class SwitchoverOffRecord {

    private static final Set<Phase> BEGUN = Set.of(Phase.Demoting, Phase.Verifying, Phase.Promoting, Phase.Following);

    private SwitchoverOffRecord() {}

    /** Whether it had begun. One that says so and not when it started was not written by its controller. */
    static boolean hadBegun(PgSwitchoverStatus before) {
        return before != null
                && before.phase() != null
                && BEGUN.contains(before.phase())
                && SwitchoverTurn.time(before.startedAt()).isPresent();
    }

    /**
     * The status to be.
     *
     * @param isOver whether nothing is waited for any more: until then a cache that is late may only not know of it yet
     */
    static PgSwitchoverStatus of(PgSwitchover self, Optional<PgCluster> cluster, boolean isOver, Instant now) {
        PgSwitchoverStatus before = self.getStatus();
        SwitchoverConditions conditions = new SwitchoverConditions(self, now);
        if (before.phase() == Phase.Following) {
            return ended(
                    self, Phase.Completed, conditions.completed(before.to() + " led. The cluster has gone on."), now);
        }
        if (cluster.isEmpty()) {
            return ended(
                    self,
                    Phase.Failed,
                    conditions.failed(
                            SwitchoverReason.ClusterDeleted,
                            "PgCluster " + self.getSpec().cluster() + " was deleted while it was under way, in phase "
                                    + before.phase() + "."),
                    now);
        }
        return isOver
                ? ended(
                        self,
                        Phase.Failed,
                        conditions.failed(
                                SwitchoverReason.NotOnRecord,
                                "It was under way, in phase " + before.phase()
                                        + ", and is on record no more. The PgCluster was made anew, or has gone on; it says who leads."),
                        now)
                : before;
    }

    private static PgSwitchoverStatus ended(
            PgSwitchover self, Phase phase, List<StatusCondition> conditions, Instant now) {
        PgSwitchoverStatus before = self.getStatus();
        return new PgSwitchoverStatus(
                self.getMetadata().getGeneration(),
                phase,
                before.from(),
                before.to(),
                before.startedAt(),
                now.toString(),
                before.writeOutageMilliseconds(),
                before.fromLsn(),
                before.timeline(),
                SwitchoverPhases.timed(before.phases(), now.toString()),
                conditions);
    }
}
