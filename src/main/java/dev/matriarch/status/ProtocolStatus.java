package dev.matriarch.status;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.decide.Consent;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Planned;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import dev.matriarch.decide.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The protocol as it stands in the status. */
public final class ProtocolStatus {

    private ProtocolStatus() {}

    /** Reads it; a status that does not exist yet records nothing. */
    public static Protocol read(PgClusterStatus status) {
        if (status == null || status.epoch() == null) {
            return Protocol.none();
        }
        return new Protocol(
                status.epoch(),
                status.primary(),
                status.systemIdentifier(),
                status.timeline() == null ? 0 : status.timeline(),
                status.ruleGeneration() == null ? 0 : status.ruleGeneration(),
                status.rules() == null
                        ? List.of()
                        : status.rules().stream()
                                .map(rule -> new Rule(
                                        rule.primary(),
                                        rule.members(),
                                        rule.required(),
                                        Duration.ofSeconds(
                                                rule.selfFenceSeconds() == null ? 0 : rule.selfFenceSeconds())))
                                .toList(),
                status.timelines() == null
                        ? List.of()
                        : status.timelines().stream().map(entry -> read(entry)).toList(),
                read(status.transition()),
                read(status.lastTransition()),
                read(status.lastSwitchover()));
    }

    private static Optional<Transition> read(PgClusterStatus.Transition written) {
        return Optional.ofNullable(written)
                .map(each -> new Transition(
                        Transition.Kind.valueOf(each.kind()),
                        Transition.Phase.valueOf(each.phase()),
                        each.epoch(),
                        each.from(),
                        Optional.ofNullable(each.to()),
                        Instant.parse(each.startedAt()),
                        Optional.ofNullable(each.endedAt()).map(Instant::parse),
                        Optional.ofNullable(each.consent()).flatMap(Consent::parse),
                        Optional.ofNullable(each.planned()).map(ProtocolStatus::read)));
    }

    private static Planned read(PgClusterStatus.Planned written) {
        return new Planned(
                written.name() == null ? "" : written.name(),
                written.uid() == null ? "" : written.uid(),
                Instant.parse(written.deadline()),
                Optional.ofNullable(written.fromLsn()).map(Lsn::parse),
                Optional.ofNullable(written.reversal()).map(Planned.Reversal::valueOf),
                written.phases().stream()
                        .map(each ->
                                new Planned.Began(Transition.Phase.valueOf(each.phase()), Instant.parse(each.at())))
                        .toList());
    }

    private static PgClusterStatus.Planned write(Planned planned) {
        return new PgClusterStatus.Planned(
                planned.isOwn() ? null : planned.request(),
                planned.isOwn() ? null : planned.uid(),
                planned.deadline().toString(),
                planned.stoppedAt().map(Lsn::toString).orElse(null),
                planned.reversal().map(Enum::name).orElse(null),
                planned.phases().stream()
                        .map(each -> new PgClusterStatus.Began(
                                each.phase().name(), each.at().toString()))
                        .toList());
    }

    private static PgClusterStatus.Transition write(Optional<Transition> transition) {
        return transition
                .map(each -> new PgClusterStatus.Transition(
                        each.kind().name(),
                        each.phase().name(),
                        each.epoch(),
                        each.from(),
                        each.to().orElse(null),
                        each.startedAt().toString(),
                        each.endedAt().map(Instant::toString).orElse(null),
                        each.endedAt()
                                .map(end ->
                                        Duration.between(each.startedAt(), end).toMillis())
                                .orElse(null),
                        each.consent().map(Consent::toString).orElse(null),
                        each.planned().map(ProtocolStatus::write).orElse(null)))
                .orElse(null);
    }

    /** The status with another protocol and everything else as it was. */
    static PgClusterStatus with(PgClusterStatus status, Protocol protocol) {
        PgClusterStatus was = status == null ? empty() : status;
        return new PgClusterStatus(
                was.observedGeneration(),
                protocol.transition().map(ProtocolStatus::phase).orElse(was.phase()),
                was.instances(),
                was.readyInstances(),
                was.selector(),
                protocol.primary(),
                protocol.epoch() == 0 ? null : protocol.epoch(),
                protocol.timeline() == 0 ? null : protocol.timeline(),
                protocol.epoch() == 0 ? null : protocol.ruleGeneration(),
                protocol.rules().stream()
                        .map(rule -> new PgClusterStatus.Rule(
                                rule.primary(),
                                rule.members(),
                                rule.required(),
                                rule.selfFence().isZero()
                                        ? null
                                        : (int) rule.selfFence().toSeconds()))
                        .toList(),
                protocol.timelines().stream().map(entry -> write(entry)).toList(),
                write(protocol.transition()),
                write(protocol.lastTransition()),
                write(protocol.lastSwitchover()),
                was.switchoverAnswer(),
                protocol.systemIdentifier(),
                was.instanceStatuses(),
                was.postgresVersion(),
                was.binding(),
                was.conditions(),
                was.operator());
    }

    /** The cluster in a word, while its primary changes. */
    static PgClusterStatus.Phase phase(Transition transition) {
        return transition.kind() == Transition.Kind.Switchover
                ? PgClusterStatus.Phase.SwitchingOver
                : PgClusterStatus.Phase.FailingOver;
    }

    private static PgClusterStatus empty() {
        return new PgClusterStatus(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null);
    }

    private static Protocol.EpochTimeline read(PgClusterStatus.EpochTimeline entry) {
        return entry.parent() == null || entry.fork() == null
                ? new Protocol.EpochTimeline(entry.epoch(), entry.timeline())
                : new Protocol.EpochTimeline(entry.epoch(), entry.timeline(), entry.parent(), Lsn.parse(entry.fork()));
    }

    private static PgClusterStatus.EpochTimeline write(Protocol.EpochTimeline entry) {
        boolean elected = entry.parent() != 0;
        return new PgClusterStatus.EpochTimeline(
                entry.epoch(),
                entry.timeline(),
                elected ? entry.parent() : null,
                elected ? entry.fork().toString() : null);
    }
}
