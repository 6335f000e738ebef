package dev.matriarch.decide;

import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import java.time.Instant;
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
                        memory.lost(),
                        memory.transitionFor(),
                        memory.checkpoint(),
                        memory.silentSince()));
    }

    static Instance.Database timeline(Instance.Database said, long timeline) {
        return database(said, timeline, said.position(), said.synchronousStandbyNames(), said.walsenders());
    }

    static Instance.Database position(Instance.Database said, Lsn position) {
        return database(said, said.timeline(), position, said.synchronousStandbyNames(), said.walsenders());
    }

    static Instance.Database walsenders(Instance.Database said, List<Instance.Walsender> walsenders) {
        return database(said, said.timeline(), said.position(), said.synchronousStandbyNames(), walsenders);
    }

    static Instance.Database names(Instance.Database said, String names, List<Instance.Walsender> walsenders) {
        return database(said, said.timeline(), said.position(), names, walsenders);
    }

    /** Whose history cannot be read. */
    static Instance.Database withoutHistory(Instance.Database said) {
        return database(said, said.timeline(), said.position(), said.synchronousStandbyNames(), said.walsenders());
    }

    private static Instance.Database database(
            Instance.Database said, long timeline, Lsn position, String names, List<Instance.Walsender> walsenders) {
        return new Instance.Database(
                said.inRecovery(),
                said.systemIdentifier(),
                said.version(),
                timeline,
                position,
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

    /** Other steps. */
    static Plan steps(Plan plan, UnaryOperator<Step> change) {
        return new Plan(
                plan.replicas(),
                plan.route(),
                plan.steps().stream().map(change).toList(),
                plan.waitings(),
                plan.answer());
    }

    /** A supervisor that says that its PostgreSQL has ended cleanly, if it has ended. */
    static Instance.Report cleanly(Instance.Report said) {
        return report(
                said,
                said.epoch(),
                said.data()
                        .map(data -> new Instance.Stopped(
                                data.systemIdentifier(), "shut down", data.timeline(), data.checkpoint())));
    }

    /** A supervisor that says that it keeps this epoch. */
    static Instance.Report epoch(Instance.Report said, long epoch) {
        return report(said, epoch, said.data());
    }

    private static Instance.Report report(Instance.Report said, long epoch, Optional<Instance.Stopped> data) {
        return new Instance.Report(said.step(), said.deed(), epoch, said.volume(), said.reason(), said.message(), data);
    }

    /** The one that led before leads again in the same epoch, as if nobody had been elected. */
    static Protocol wayBack(Protocol recorded, Instant now) {
        List<Protocol.EpochTimeline> before = recorded.timelines().stream()
                .filter(each -> each.epoch() < recorded.epoch())
                .toList();
        Optional<Transition> last = recorded.transition().map(each -> each.givenUp(Planned.Reversal.Withdrawn, now));
        return new Protocol(
                recorded.epoch(),
                recorded.transition().orElseThrow().from(),
                recorded.systemIdentifier(),
                before.get(before.size() - 1).timeline(),
                recorded.ruleGeneration(),
                recorded.rules().subList(0, recorded.rules().size() - 1),
                before,
                Optional.empty(),
                last,
                last);
    }

    /** Nobody knows what any elected had. */
    static Protocol withoutForks(Protocol recorded) {
        return new Protocol(
                recorded.epoch(),
                recorded.primary(),
                recorded.systemIdentifier(),
                recorded.timeline(),
                recorded.ruleGeneration(),
                recorded.rules(),
                recorded.timelines().stream()
                        .map(each -> new Protocol.EpochTimeline(each.epoch(), each.timeline()))
                        .toList(),
                recorded.transition(),
                recorded.lastTransition(),
                recorded.lastSwitchover());
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
                                ? new Protocol.EpochTimeline(each.epoch(), timeline, each.parent(), each.fork())
                                : each)
                        .toList(),
                recorded.transition(),
                recorded.lastTransition(),
                recorded.lastSwitchover());
    }

    static Instance marked(Instance instance, Mark mark) {
        return new Instance(
                instance.name(),
                instance.pod(),
                Optional.of(mark),
                instance.report(),
                instance.contact(),
                instance.database(),
                instance.stalled());
    }

    /** With another mark, and told something else. */
    static Instance of(Instance instance, Optional<Mark> mark, Optional<Assignment> assignment) {
        return new Instance(
                instance.name(),
                instance.pod()
                        .map(pod -> new Instance.Pod(
                                pod.uid(),
                                pod.address(),
                                pod.node(),
                                pod.terminating(),
                                assignment,
                                pod.role(),
                                pod.outdated(),
                                pod.trouble(),
                                pod.idle())),
                mark,
                instance.report(),
                instance.contact(),
                instance.database(),
                instance.stalled());
    }
}
