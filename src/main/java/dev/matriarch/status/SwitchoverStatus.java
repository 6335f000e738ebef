package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgClusterStatus.InstanceStatus;
import dev.matriarch.api.PgClusterStatus.SwitchoverAnswer;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Names;
import dev.matriarch.decide.Planned;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a PgSwitchover's status is to say: told from the status of its PgCluster, where the change of the primary is on record, and from nothing else. Pure.
 *
 * <p>One that has started ends here only when the record says how it ended, when the cluster's controller refused it, or some time after its deadline when it is not on
 * record at all: the cluster's controller begins nothing after the deadline, so nothing can begin any more.
 */
public final class SwitchoverStatus {

    /** How long after its deadline one that is not under way is given up here. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** How long it is waited for the old primary to follow. */
    private static final Duration FOLLOWS_WITHIN = Duration.ofMinutes(2);

    /** What keeps it from being prepared. */
    private static final Set<SwitchoverReason> CLUSTER_AWAITED = Set.of(
            SwitchoverReason.ClusterNotFound,
            SwitchoverReason.ClusterPaused,
            SwitchoverReason.ClusterNotReady,
            SwitchoverReason.ClusterHibernated,
            SwitchoverReason.FailingOver,
            SwitchoverReason.WaitsForAnother);

    private final PgSwitchover self;
    private final Optional<PgCluster> cluster;
    private final Instant now;
    private final Optional<String> startedAt;
    private final SwitchoverConditions conditions;

    private SwitchoverStatus(PgSwitchover self, Optional<PgCluster> cluster, Instant now, Optional<String> startedAt) {
        this.self = self;
        this.cluster = cluster;
        this.now = now;
        this.startedAt = startedAt;
        this.conditions = new SwitchoverConditions(self, now);
    }

    /**
     * The status to be.
     *
     * @param all every PgSwitchover of the namespace
     */
    public static PgSwitchoverStatus of(
            PgSwitchover self, Optional<PgCluster> cluster, Collection<PgSwitchover> all, Instant now) {
        Optional<String> started = SwitchoverTurn.startedAt(self).map(Instant::toString);
        SwitchoverStatus status = new SwitchoverStatus(self, cluster, now, started);
        if (PgSwitchoverStatus.isFinished(self.getStatus())) {
            return self.getStatus();
        }
        if (started.isEmpty()) {
            Instant time = SwitchoverTurn.notBefore(self);
            if (time.equals(Instant.MAX)) {
                return status.failed(SwitchoverReason.NoSuchTime, "spec.notBefore: there is no such time.", null);
            }
            if (time.isAfter(now)) {
                return status.waits(Phase.Pending, SwitchoverReason.NotBefore, "It starts at " + time + ".");
            }
            Optional<PgSwitchover> ahead = SwitchoverTurn.ahead(self, all, now);
            if (ahead.isPresent()) {
                return status.waits(
                        Phase.Pending,
                        SwitchoverReason.WaitsForAnother,
                        "PgSwitchover " + ahead.get().getMetadata().getName() + " of this cluster goes first.");
            }
            status = new SwitchoverStatus(self, cluster, now, Optional.of(now.toString()));
        }
        return status.started();
    }

    private PgSwitchoverStatus started() {
        Optional<PgClusterStatus> record = cluster.map(PgCluster::getStatus);
        Optional<PgClusterStatus.Transition> underWay =
                record.map(PgClusterStatus::transition).filter(this::isOurs);
        if (underWay.isPresent()) {
            return underWay(underWay.get());
        }
        Optional<PgClusterStatus.Transition> last =
                record.map(PgClusterStatus::lastSwitchover).filter(this::isOurs);
        if (last.isPresent()) {
            return last.get().planned().reversal() == null
                    ? promoted(last.get(), record.get())
                    : givenUp(last.get(), record.get());
        }
        return SwitchoverOffRecord.hadBegun(self.getStatus())
                ? SwitchoverOffRecord.of(self, cluster, isOver(), now)
                : notBegun(record);
    }

    /** Whether nothing can begin any more. */
    private boolean isOver() {
        Instant start = Instant.parse(startedAt.orElseThrow());
        return start.plusSeconds(self.getSpec().deadlineSeconds()).plus(GRACE).isBefore(now);
    }

    private PgSwitchoverStatus notBegun(Optional<PgClusterStatus> record) {
        String name = self.getSpec().cluster();
        if (cluster.filter(each -> each.getMetadata().getDeletionTimestamp() != null)
                .isPresent()) {
            return failed(SwitchoverReason.ClusterDeleted, "PgCluster " + name + " is being deleted.", null);
        }
        Optional<SwitchoverAnswer> answer = record.map(PgClusterStatus::switchoverAnswer)
                .filter(each -> self.getMetadata().getUid().equals(each.uid()));
        Optional<SwitchoverReason> said = answer.flatMap(each -> SwitchoverReason.of(each.reason()));
        if (cluster.isEmpty()) {
            return waitsForCluster(
                    SwitchoverReason.ClusterNotFound,
                    "spec.cluster: there is no PgCluster " + name + " in this namespace.");
        }
        if (cluster.get().getSpec().paused()) {
            return waitsForCluster(
                    SwitchoverReason.ClusterPaused, "spec.paused of the PgCluster is true: nothing is changed.");
        }
        Optional<PgClusterStatus.Transition> other = record.map(PgClusterStatus::transition);
        if (other.isPresent()) {
            return other.get().planned() == null
                    ? waitsForCluster(
                            SwitchoverReason.FailingOver,
                            other.get().from() + " is lost or being replaced. The switchover waits for that.")
                    : waitsForCluster(
                            SwitchoverReason.WaitsForAnother,
                            "Another switchover of this cluster, to "
                                    + other.get().to() + ", is under way.");
        }
        if (said.isPresent()) {
            return answer.get().refused()
                    ? failed(said.get(), answer.get().message(), null)
                    : waitsForCluster(said.get(), answer.get().message());
        }
        return waitsForCluster(SwitchoverReason.Considered, "The cluster is being looked at.");
    }

    private PgSwitchoverStatus waitsForCluster(SwitchoverReason reason, String message) {
        if (isOver()) {
            return failed(
                    reason == SwitchoverReason.Considered ? SwitchoverReason.DeadlineExceeded : reason,
                    "It did not begin within spec.deadlineSeconds, "
                            + self.getSpec().deadlineSeconds() + " s. " + message,
                    null);
        }
        return waits(CLUSTER_AWAITED.contains(reason) ? Phase.Pending : Phase.Preparing, reason, message);
    }

    private PgSwitchoverStatus underWay(PgClusterStatus.Transition transition) {
        Phase phase = Phase.valueOf(transition.phase());
        String paused =
                cluster.orElseThrow().getSpec().paused() ? " It waits: spec.paused of the PgCluster is true." : "";
        return status(phase, transition, null, null, conditions.underWay(phase, sentence(phase, transition) + paused));
    }

    private static String sentence(Phase phase, PgClusterStatus.Transition transition) {
        return switch (phase) {
            case Demoting -> transition.from() + " is being stopped.";
            case Verifying -> transition.from() + " has stopped; " + transition.to() + " must have all that it wrote.";
            default -> transition.to() + " is elected. From here there is no way back.";
        };
    }

    private PgSwitchoverStatus promoted(PgClusterStatus.Transition last, PgClusterStatus record) {
        boolean movedOn = !last.epoch().equals(record.epoch()) || record.transition() != null;
        boolean removed =
                Names.ordinal(last.from()) >= cluster.orElseThrow().getSpec().instances();
        boolean follows = record.instanceStatuses() != null
                && record.instanceStatuses().stream()
                        .anyMatch(each -> each.name().equals(last.from()) && isStandby(each));
        Instant promotedAt = Instant.parse(last.endedAt());
        boolean late = promotedAt.plus(FOLLOWS_WITHIN).isBefore(now);
        if (!follows && !removed && !movedOn && !late) {
            String message = last.to() + " leads; " + last.from() + " becomes its standby.";
            return status(Phase.Following, last, null, record, conditions.underWay(Phase.Following, message));
        }
        String how = follows
                ? last.from() + " is its standby."
                : removed
                        ? last.from() + " is to be removed."
                        : movedOn
                                ? "The cluster has gone on to epoch " + record.epoch() + "."
                                : last.from() + " does not follow it yet; the PgCluster says why.";
        return status(
                Phase.Completed, last, now.toString(), record, conditions.completed(last.to() + " leads. " + how));
    }

    private static boolean isStandby(InstanceStatus instance) {
        return "standby".equals(instance.role()) && Boolean.TRUE.equals(instance.ready());
    }

    private PgSwitchoverStatus givenUp(PgClusterStatus.Transition last, PgClusterStatus record) {
        Planned.Reversal why = Planned.Reversal.valueOf(last.planned().reversal());
        boolean itMayNot = why == Planned.Reversal.OvertakenByFailover || why == Planned.Reversal.PrimaryLost;
        String whatNow = itMayNot
                ? "The PgCluster says who leads."
                : last.from() + " is told to lead again, in epoch " + last.epoch() + ".";
        String words = why.words();
        return failed(
                SwitchoverReason.valueOf(why.name()),
                Character.toUpperCase(words.charAt(0)) + words.substring(1) + ". " + whatNow,
                last);
    }

    private boolean isOurs(PgClusterStatus.Transition transition) {
        return transition.planned() != null
                && self.getMetadata().getUid().equals(transition.planned().uid());
    }

    private PgSwitchoverStatus waits(Phase phase, SwitchoverReason reason, String message) {
        return status(phase, null, null, null, conditions.waiting(reason, message));
    }

    private PgSwitchoverStatus failed(SwitchoverReason reason, String message, PgClusterStatus.Transition last) {
        return status(Phase.Failed, last, now.toString(), null, conditions.failed(reason, message));
    }

    private PgSwitchoverStatus status(
            Phase phase,
            PgClusterStatus.Transition transition,
            String completedAt,
            PgClusterStatus promoted,
            List<StatusCondition> said) {
        Optional<PgClusterStatus.Transition> known = Optional.ofNullable(transition);
        Optional<PgClusterStatus.Transition> led = known.filter(each -> promoted != null);
        return new PgSwitchoverStatus(
                self.getMetadata().getGeneration(),
                phase,
                known.map(PgClusterStatus.Transition::from)
                        .or(() -> cluster.map(PgCluster::getStatus).map(PgClusterStatus::primary))
                        .filter(from -> startedAt.isPresent())
                        .orElse(null),
                known.map(PgClusterStatus.Transition::to).orElse(self.getSpec().target()),
                startedAt.orElse(null),
                completedAt,
                led.map(PgClusterStatus.Transition::outageMilliseconds).orElse(null),
                known.map(each -> each.planned().fromLsn()).orElse(null),
                led.flatMap(each -> timeline(each.epoch(), promoted)).orElse(null),
                startedAt
                        .map(start -> SwitchoverPhases.of(start, phase, known, completedAt))
                        .orElse(null),
                said);
    }

    /** The last one on record for an epoch: a promotion by hand may have changed it. */
    private static Optional<Long> timeline(Long epoch, PgClusterStatus record) {
        return record.timelines().stream()
                .filter(each -> each.epoch().equals(epoch))
                .map(PgClusterStatus.EpochTimeline::timeline)
                .reduce((first, second) -> second);
    }
}
