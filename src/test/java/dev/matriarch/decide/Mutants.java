package dev.matriarch.decide;

import dev.matriarch.decide.Instance.Contact;
import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Transition.Phase;
import java.util.List;
import java.util.Optional;

/** What some of the mutants do to what is seen and recorded. The decision itself is always the operator's. */
final class Mutants {

    private Mutants() {}

    /** The record, as an operator reads it. */
    static Protocol read(Protocol recorded, Mutant mutant) {
        return switch (mutant) {
            case NO_EPOCH_IN_NAMES -> NamesWithoutEpoch.read(recorded);
            case PASSED_OVER_ELECTED -> Altered.withoutForks(recorded);
            default -> recorded;
        };
    }

    /** What is seen instead. */
    static Observation seen(Observation seen, World world) {
        Optional<Phase> phase = seen.protocol().phase();
        boolean fencing = phase.equals(Optional.of(Phase.Fencing));
        Optional<Marker> marker = seen.memory().marker();
        return switch (world.mutant) {
            case FENCE_ONE_SHORT -> fencing ? oneMoreDetached(seen, world) : seen;
            case LSN_ACROSS_TIMELINES -> fencing ? onOneTimeline(seen) : seen;
            case NO_BARRIER -> phase.equals(Optional.of(Phase.Promoting)) ? confirmed(seen) : seen;
            case PROMOTED_UNMARKED ->
                phase.equals(Optional.of(Phase.Promoting))
                        ? Altered.instance(
                                seen,
                                seen.protocol().primary(),
                                each -> Altered.marked(each, new Mark(seen.protocol())))
                        : seen;
            case NO_MARKER ->
                Altered.marker(seen, Optional.of(new Marker(seen.protocol().ruleGeneration(), Lsn.ZERO, true)));
            case RELOAD_NOT_AWAITED -> Altered.marker(seen, marker.map(Mutants::afterReload));
            case NOT_CONFIRMED -> marker.filter(each -> settles(each, seen)).isPresent() ? confirmed(seen) : seen;
            case ONE_MARKER ->
                Altered.marker(seen, marker.map(each -> allPassed(each.position(), seen) ? afterReload(each) : each));
            case NO_EPOCH_IN_NAMES -> NamesWithoutEpoch.seen(seen, world);
            case FOLLOWS_UNCOMPARED ->
                Altered.instances(
                        seen, each -> each.withDatabase(each.database().map(Altered::withoutHistory)));
            case TARGET_UNCHECKED -> phase.equals(Optional.of(Phase.Verifying)) ? havingAll(seen) : seen;
            case STOP_UNCLEAN, DEMOTED_WITHOUT_EPOCH ->
                phase.equals(Optional.of(Phase.Demoting)) ? stopped(seen, world.mutant) : seen;
            case LED_BY_HAND -> phase.equals(Optional.of(Phase.Promoting)) ? withoutWhoLed(seen) : seen;
            default -> seen;
        };
    }

    private static Marker afterReload(Marker marker) {
        return new Marker(marker.generation(), marker.position(), true);
    }

    /** Whether all that is left to do is to confirm this marker. */
    private static boolean settles(Marker marker, Observation seen) {
        return marker.afterReload()
                && marker.generation() == seen.protocol().ruleGeneration()
                && seen.protocol().rules().size() > 1;
    }

    private static boolean allPassed(Lsn position, Observation seen) {
        return seen.primaryDatabase().stream()
                .flatMap(database -> database.walsenders().stream())
                .allMatch(each -> each.flushed().reaches(position));
    }

    /** The first standby that closes the fence by being taken for detached, if one is enough for that. */
    private static Observation oneMoreDetached(Observation seen, World world) {
        if (Fence.isClosed(seen)) {
            return seen;
        }
        return seen.standbys().stream()
                .map(each -> world.machine(each.name()))
                .filter(each -> each.data != null)
                .map(each -> Altered.instance(seen, each.name, instance -> instance.withContact(Contact.ANSWERED)
                        .withDatabase(Optional.of(Altered.detached(
                                each.database(world.now, world.mutant),
                                seen.protocol().epoch())))))
                .filter(Fence::isClosed)
                .findFirst()
                .orElse(seen);
    }

    /** Who is elected is decided by positions alone. */
    private static Observation onOneTimeline(Observation seen) {
        long timeline = seen.protocol().timeline();
        return Altered.instances(
                seen, each -> each.withDatabase(each.database().map(said -> Altered.timeline(said, timeline))));
    }

    /** Everybody who may confirm what the primary, or the elected, has is taken to have confirmed it. */
    private static Observation confirmed(Observation seen) {
        List<String> members = seen.protocol().newestRule().members();
        return Altered.instance(
                seen,
                seen.protocol().primary(),
                primary -> primary.withDatabase(primary.database()
                        .map(said -> Altered.walsenders(
                                said,
                                members.stream()
                                        .map(member -> new Instance.Walsender(
                                                member, "streaming", said.position(), said.position(), "quorum"))
                                        .toList()))));
    }

    /** Who is to lead has whatever there is. */
    private static Observation havingAll(Observation seen) {
        return seen.transitionTarget()
                .map(target -> Altered.instance(
                        seen,
                        target.name(),
                        each -> each.withDatabase(
                                each.database().map(said -> Altered.position(said, new Lsn(Long.MAX_VALUE))))))
                .orElse(seen);
    }

    /** The old primary, when it does not run, has ended cleanly, or has heard of the new epoch. */
    private static Observation stopped(Observation seen, Mutant mutant) {
        boolean cleanly = mutant == Mutant.STOP_UNCLEAN;
        return Altered.instance(seen, seen.protocol().primary(), each -> each.report()
                .map(said -> each.withReport(
                        cleanly
                                ? Altered.cleanly(said)
                                : Altered.epoch(said, seen.protocol().epoch())))
                .orElse(each));
    }

    /** The old primary of a switchover is not looked at. */
    private static Observation withoutWhoLed(Observation seen) {
        Transition transition = seen.protocol().transition().orElseThrow();
        return transition.planned().isEmpty()
                ? seen
                : Altered.instance(
                        seen,
                        transition.from(),
                        each -> each.leads()
                                ? each.withDatabase(Optional.empty()).withContact(Contact.REFUSED)
                                : each);
    }

    /** What is decided instead. */
    static Plan plan(Plan plan, Observation seen, World world) {
        Protocol recorded = seen.protocol();
        if (world.mutant == Mutant.FOLLOWS_UNCOMPARED && !recorded.phase().equals(Optional.of(Phase.Fencing))) {
            return Altered.steps(plan, each -> each instanceof Step.Detach detach ? follow(detach, recorded) : each);
        }
        boolean goesBack = world.mutant == Mutant.WAY_BACK_LATE
                && recorded.phase().equals(Optional.of(Phase.Promoting))
                && recorded.transition()
                        .flatMap(Transition::planned)
                        .filter(each -> !each.isOwn() && !world.intent.asksFor(each.uid()))
                        .isPresent();
        return goesBack
                ? new Plan(
                        plan.replicas(),
                        plan.route(),
                        List.of(new Step.Record(
                                recorded, Altered.wayBack(recorded, world.now), "it is not wanted any more")),
                        plan.waitings())
                : plan;
    }

    private static Step follow(Step.Detach detach, Protocol recorded) {
        return new Step.Follow(detach.instance(), recorded.primary(), detach.epoch());
    }

    /** What is read when a heartbeat is to be given. */
    static Protocol recordedForHeartbeat(World world) {
        return world.mutant == Mutant.HEARTBEAT_UNASKED ? world.recorded.withoutTransitions() : world.recorded;
    }

    /** What is recorded instead. */
    static Protocol record(Protocol next, World world) {
        if (!next.phase().equals(Optional.of(Phase.Promoting))) {
            return next;
        }
        return switch (world.mutant) {
            case OLD_RULE_DROPPED_EARLY -> next.withNewestRuleOnly();
            case TIMELINE_COLLISION ->
                Altered.timeline(next, world.machine(next.primary()).data.wal.timeline() + 1);
            default -> next;
        };
    }

    /** A rule that is to be recorded is put in force, and recorded another time. */
    static boolean putsInForceFirst(Step.Record step, World world) {
        boolean rule = step.next().ruleGeneration() == step.seen().ruleGeneration() + 1
                && step.next().transition().isEmpty();
        if (world.mutant != Mutant.RECORDED_LATE || !rule) {
            return false;
        }
        Machine primary = world.machine(step.next().primary());
        if (!primary.leads() || primary.data.generation >= step.next().ruleGeneration()) {
            return false;
        }
        primary.data.rule = step.next().newestRule();
        primary.data.names = step.next().newestRule().synchronousStandbyNames();
        primary.data.generation = step.next().ruleGeneration();
        return true;
    }
}
