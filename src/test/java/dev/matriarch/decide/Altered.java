package dev.matriarch.decide;

import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Observations and records that say something else in one thing. */
final class Altered {

    private Altered() {}

    static Observation instances(Observation seen, UnaryOperator<Instance> change) {
        return new Observation(
                seen.protocol(),
                seen.instances().stream().map(change).toList(),
                seen.replicas(),
                seen.route(),
                seen.memory());
    }

    static Observation instance(Observation seen, String name, UnaryOperator<Instance> change) {
        return instances(seen, each -> each.name().equals(name) ? change.apply(each) : each);
    }

    static Observation marker(Observation seen, Optional<Marker> marker) {
        Memory memory = seen.memory();
        return new Observation(
                seen.protocol(),
                seen.instances(),
                seen.replicas(),
                seen.route(),
                new Memory(
                        marker,
                        memory.absentSince(),
                        memory.lostSince(),
                        memory.transitionFor(),
                        memory.checkpointed(),
                        memory.silentSince()));
    }

    static Instance.Database timeline(Instance.Database said, long timeline) {
        return database(said, timeline, said.synchronousStandbyNames(), said.walsenders());
    }

    static Instance.Database walsenders(Instance.Database said, List<Instance.Walsender> walsenders) {
        return database(said, said.timeline(), said.synchronousStandbyNames(), walsenders);
    }

    static Instance.Database names(Instance.Database said, String names, List<Instance.Walsender> walsenders) {
        return database(said, said.timeline(), names, walsenders);
    }

    private static Instance.Database database(
            Instance.Database said, long timeline, String names, List<Instance.Walsender> walsenders) {
        return new Instance.Database(
                said.inRecovery(),
                said.systemIdentifier(),
                said.version(),
                timeline,
                said.position(),
                said.epoch(),
                said.generation(),
                names,
                said.gateOpen(),
                said.bootstrapped(),
                said.oldestWal(),
                walsenders,
                said.slots(),
                said.receiving(),
                said.streamed(),
                said.heard(),
                said.detached(),
                said.configuration(),
                said.pendingRestart());
    }

    /** A standby of which nothing is known but that it is detached. */
    static Instance.Database detached(Instance.Database said, long epoch) {
        return new Instance.Database(
                true,
                said.systemIdentifier(),
                said.version(),
                said.timeline(),
                Lsn.ZERO,
                epoch,
                said.generation(),
                said.synchronousStandbyNames(),
                said.gateOpen(),
                said.bootstrapped(),
                said.oldestWal(),
                List.of(),
                said.slots(),
                false,
                said.streamed(),
                Optional.empty(),
                true,
                said.configuration(),
                said.pendingRestart());
    }

    static Protocol rules(Protocol recorded, UnaryOperator<Rule> change) {
        return new Protocol(
                recorded.epoch(),
                recorded.primary(),
                recorded.systemIdentifier(),
                recorded.timeline(),
                recorded.ruleGeneration(),
                recorded.rules().stream().map(change).toList(),
                recorded.timelines(),
                recorded.transition(),
                recorded.lastTransition(),
                recorded.lastSwitchover());
    }

    /** The timeline of the last epoch. */
    static Protocol timeline(Protocol recorded, long timeline) {
        return new Protocol(
                recorded.epoch(),
                recorded.primary(),
                recorded.systemIdentifier(),
                timeline,
                recorded.ruleGeneration(),
                recorded.rules(),
                recorded.timelines().stream()
                        .map(each -> each.epoch() == recorded.epoch()
                                ? new Protocol.EpochTimeline(each.epoch(), timeline)
                                : each)
                        .toList(),
                recorded.transition(),
                recorded.lastTransition(),
                recorded.lastSwitchover());
    }
}
