package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgClusterStatus.Binding;
import dev.matriarch.api.PgClusterStatus.InstanceStatus;
import dev.matriarch.api.PgClusterStatus.Phase;
import dev.matriarch.api.PgClusterStatus.SwitchoverAnswer;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Health;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Instance.Database;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Waiting;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.ObjectNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes the whole status from what was seen. Pure. */
public final class StatusBuilder {

    /** How long the old primary of a switchover may take to stream, before it is said that it does not. */
    private static final Duration RETURN = Duration.ofSeconds(20);

    private StatusBuilder() {}

    /** The status to be. */
    public static PgClusterStatus build(PgCluster cluster, Report report, Instant now) {
        PgClusterStatus before = cluster.getStatus();
        Observation seen = report.seen();
        List<StatusCondition> conditions = new Conditions(
                        before == null ? null : before.conditions(),
                        cluster.getMetadata().getGeneration(),
                        now)
                .of(report);
        List<InstanceStatus> instances = seen.instances().stream()
                .filter(each -> each.pod().isPresent())
                .map(each -> instance(each, seen))
                .toList();
        int ready = (int) instances.stream().filter(InstanceStatus::ready).count();
        String version =
                seen.primaryDatabase().map(Database::version).orElse(before == null ? null : before.postgresVersion());
        PgClusterStatus status = new PgClusterStatus(
                cluster.getMetadata().getGeneration(),
                phase(before == null ? null : before.phase(), report, conditions, now),
                instances.size(),
                ready,
                Labels.CLUSTER + "=" + report.name(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                report.answer()
                        .map(each -> new SwitchoverAnswer(
                                each.uid(),
                                each.reason().name(),
                                each.message(),
                                each.reason().isRefused()))
                        .orElse(null),
                null,
                instances,
                version,
                new Binding(ObjectNames.app(report.name())),
                conditions,
                null);
        return ProtocolStatus.with(status, seen.protocol());
    }

    private static InstanceStatus instance(Instance instance, Observation seen) {
        Optional<Database> database = instance.database();
        Optional<Instance.Walsender> walsender = seen.walsender(instance);
        String role =
                database.map(said -> said.inRecovery() ? "standby" : "primary").orElse("");
        String node = instance.pod()
                .map(Instance.Pod::node)
                .filter(name -> !name.isEmpty())
                .orElse(null);
        Long lag = walsender.isPresent() && seen.primaryDatabase().isPresent()
                ? Long.valueOf(seen.primaryDatabase()
                        .get()
                        .position()
                        .bytesAfter(walsender.get().flushed()))
                : null;
        return new InstanceStatus(
                instance.name(),
                role,
                Health.isUp(instance, seen),
                node,
                database.map(Database::timeline).orElse(null),
                database.map(said -> said.position().toString()).orElse(null),
                walsender.map(Instance.Walsender::syncState).orElse(""),
                lag,
                message(instance));
    }

    private static String message(Instance instance) {
        String trouble = instance.pod().map(Instance.Pod::trouble).orElse("");
        if (!trouble.isEmpty()) {
            return trouble;
        }
        return instance.report()
                .map(report -> report.message().isEmpty() ? report.step() : report.step() + ": " + report.message())
                .orElse(null);
    }

    private static Phase phase(Phase before, Report report, List<StatusCondition> conditions, Instant now) {
        if (report.spec().paused()) {
            return Phase.Paused;
        }
        if (report.seen().protocol().transition().isPresent()) {
            return ProtocolStatus.phase(report.seen().protocol().transition().get());
        }
        boolean stopped =
                report.seen().instances().stream().noneMatch(each -> each.pod().isPresent());
        if (report.spec().hibernated()) {
            return stopped ? Phase.Hibernated : Phase.Scaling;
        }
        if (isReturning(report.seen(), now)) {
            return Phase.SwitchingOver;
        }
        boolean ready = is(conditions, "Ready");
        boolean whole = ready && is(conditions, "Replicated");
        boolean unmade = report.seen().replicas() < 0 && !report.problems().isEmpty();
        boolean closed = report.problems().contains(Problem.NO_CLIENT_ADMITTED);
        boolean trouble = unmade
                || closed
                || report.waitings().stream().anyMatch(each -> each.reason().isTrouble());
        boolean removing = report.waitings().stream()
                .anyMatch(each -> each.reason() == Waiting.Reason.ScalingIn
                        || each.reason() == Waiting.Reason.ScaleInNeedsSwitchover);
        if (whole && trouble) {
            return Phase.Degraded; // all stream, but a Pod is not ready
        }
        if (whole) {
            return removing ? Phase.Scaling : Phase.Running;
        }
        if (before == null || before == Phase.Creating || before == Phase.Failed && !ready) {
            return trouble ? Phase.Failed : Phase.Creating;
        }
        boolean growing = ready
                && !trouble
                && report.seen().standbys().stream()
                                        .filter(report.seen()::streams)
                                        .count()
                                + 1
                        < report.spec().instances()
                && report.seen().standbys().stream()
                        .anyMatch(each -> each.mark().isEmpty());
        return growing || removing ? Phase.Scaling : Phase.Degraded;
    }

    /** Whether the old primary of a switchover that has just ended becomes a standby: that it does not stream yet is no trouble. */
    private static boolean isReturning(Observation seen, Instant now) {
        return seen.protocol()
                .lastTransition()
                .filter(last -> last.epoch() == seen.protocol().epoch() && Health.acceptsWrites(seen))
                .filter(last -> last.planned().isPresent()
                        && last.planned().get().reversal().isEmpty())
                .filter(last -> last.endedAt().orElseThrow().plus(RETURN).isAfter(now))
                .flatMap(last -> seen.instance(last.from()))
                .filter(old -> !seen.streams(old))
                .isPresent();
    }

    private static boolean is(List<StatusCondition> conditions, String type) {
        return conditions.stream().anyMatch(each -> each.type().equals(type) && each.isTrue());
    }
}
