package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.SwitchoverStatus;
import dev.matriarch.status.SwitchoverTurn;
import dev.matriarch.status.SwitchoverWriter;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tells in a PgSwitchover how far it is, and decides whose turn it is. It changes nothing else: the PgCluster's controller sees that one has started, and does what is to be
 * done, by the record of its own status. Two that both believe to be the one controller write the same.
 */
@ControllerConfiguration(name = "pgswitchover")
public class PgSwitchoverReconciler implements Reconciler<PgSwitchover> {

    /** How soon one that waits for another or for its end is looked at again at the latest; changes of the PgCluster wake it. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** How soon one that waits for nothing but a time is, or that has ended. */
    private static final Duration LATEST = Duration.ofDays(1);

    private final SwitchoverWriter writer;
    private final Events events;
    private final Leadership leadership;
    private final Clock clock;

    PgSwitchoverReconciler(SwitchoverWriter writer, Events events, Leadership leadership, Clock clock) {
        this.writer = writer;
        this.events = events;
        this.leadership = leadership;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, PgSwitchover>> prepareEventSources(EventSourceContext<PgSwitchover> context) {
        SimpleInboundEventSource<PgSwitchover> waker = new SimpleInboundEventSource<>("leadership");
        leadership.whenItBegins(() -> context.getPrimaryCache().keys().forEach(waker::propagateEvent));
        return List.of(
                waker,
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(PgCluster.class, PgSwitchover.class)
                                .withSecondaryToPrimaryMapper(cluster -> context.getPrimaryCache()
                                        .list(cluster.getMetadata().getNamespace())
                                        .filter(each -> each.getSpec()
                                                        .cluster()
                                                        .equals(cluster.getMetadata()
                                                                .getName())
                                                && !PgSwitchoverStatus.isFinished(each.getStatus()))
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                                .withPrimaryToSecondaryMapper((PgSwitchover each) -> java.util.Set.of(new ResourceID(
                                        each.getSpec().cluster(),
                                        each.getMetadata().getNamespace())))
                                .withNamespacesInheritedFromController()
                                .build(),
                        context));
    }

    @Override
    public UpdateControl<PgSwitchover> reconcile(PgSwitchover cached, Context<PgSwitchover> context) {
        if (!leadership.mayAct()) {
            return UpdateControl.noUpdate(); // woken when it does
        }
        Instant now = clock.instant();
        writer.forgetUnless(each -> isThere(each, context));
        PgSwitchover switchover = writer.newest(cached);
        if (PgSwitchoverStatus.isFinished(switchover.getStatus())) {
            return UpdateControl.<PgSwitchover>noUpdate().rescheduleAfter(untilDeleted(switchover, now));
        }
        Optional<PgCluster> cluster = context.getSecondaryResource(PgCluster.class);
        List<PgSwitchover> all = context.getPrimaryCache()
                .list(switchover.getMetadata().getNamespace())
                .map(writer::newest)
                .toList();
        PgSwitchoverStatus before = switchover.getStatus();
        PgSwitchoverStatus after = SwitchoverStatus.of(switchover, cluster, all, now);
        if (!Objects.equals(before, after) && writer.write(switchover, after)) {
            tell(switchover, before, after);
        }
        return UpdateControl.<PgSwitchover>noUpdate()
                .rescheduleAfter(SwitchoverTurn.untilItsTime(switchover, now)
                        .map(PgSwitchoverReconciler::justAfter)
                        .orElse(SOON));
    }

    private static boolean isThere(PgSwitchover switchover, Context<PgSwitchover> context) {
        return context.getPrimaryCache()
                .get(ResourceID.fromResource(switchover))
                .filter(each -> each.getMetadata()
                        .getUid()
                        .equals(switchover.getMetadata().getUid()))
                .isPresent();
    }

    /** A timer counts milliseconds. */
    private static Duration justAfter(Duration wait) {
        return wait.compareTo(LATEST) > 0 ? LATEST : wait.plusMillis(1);
    }

    /** Deletes it when its time has come. */
    private Duration untilDeleted(PgSwitchover switchover, Instant now) {
        Optional<Instant> end = SwitchoverTurn.deletedAt(switchover);
        if (end.isEmpty()) {
            return LATEST;
        }
        if (end.get().isAfter(now)) {
            return justAfter(Duration.between(now, end.get()));
        }
        writer.delete(switchover);
        return LATEST;
    }

    private void tell(PgSwitchover switchover, PgSwitchoverStatus before, PgSwitchoverStatus after) {
        if (before != null && before.phase() == after.phase()) {
            return;
        }
        String message = after.conditions().stream()
                .filter(each -> each.type().equals("Complete"))
                .map(StatusCondition::message)
                .findFirst()
                .orElseThrow();
        EventReason reason = after.phase() == Phase.Completed
                ? EventReason.SwitchedOver
                : after.phase() == Phase.Failed ? EventReason.SwitchoverFailed : EventReason.SwitchingOver;
        events.tell(switchover, reason, after.phase() + ": " + message);
    }
}
