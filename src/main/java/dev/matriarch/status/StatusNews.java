package dev.matriarch.status;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgClusterStatus.InstanceStatus;
import dev.matriarch.api.PgClusterStatus.SwitchoverAnswer;
import java.util.List;

/** What of a status is worth a write: all but positions, which change with every commit, and who writes it. */
final class StatusNews {

    private StatusNews() {}

    /** By how much somebody is behind changes with every commit, too. */
    private static SwitchoverAnswer answer(SwitchoverAnswer said) {
        return said == null ? null : new SwitchoverAnswer(said.uid(), said.reason(), null, said.refused());
    }

    static PgClusterStatus without(PgClusterStatus status) {
        if (status == null) {
            return null;
        }
        List<InstanceStatus> instances = status.instanceStatuses() == null
                ? null
                : status.instanceStatuses().stream()
                        .map(each -> new InstanceStatus(
                                each.name(),
                                each.role(),
                                each.ready(),
                                each.node(),
                                each.timeline(),
                                null,
                                each.syncState(),
                                null,
                                each.message()))
                        .toList();
        return new PgClusterStatus(
                status.observedGeneration(),
                status.phase(),
                status.instances(),
                status.readyInstances(),
                status.selector(),
                status.primary(),
                status.epoch(),
                status.timeline(),
                status.ruleGeneration(),
                status.rules(),
                status.timelines(),
                status.transition(),
                status.lastTransition(),
                status.lastSwitchover(),
                answer(status.switchoverAnswer()),
                status.systemIdentifier(),
                instances,
                status.postgresVersion(),
                status.binding(),
                status.conditions(),
                null);
    }
}
