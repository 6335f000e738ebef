package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The replacement of a primary that is lost.
 *
 * <ol>
 *   <li>A new epoch is opened on record. From now on nothing else is decided until it has ended.
 *   <li>The {@link Fence} is closed. As long as it cannot be, the old primary, should it come back, leads on, in the new epoch.
 *   <li>The {@link Election} is recorded, with the rule of the elected beside all others and a timeline that was never used.
 *   <li>Barrier: while the elected is still in recovery, the others follow it, and as many as its rule requires must have flushed what it has. So nothing that a client
 *       sees on the new primary can vanish with it.
 *   <li>It is promoted; its rule was put in force before. Clients are led to it.
 *   <li>When a marker that it wrote is confirmed, the old rules leave the record, and the transition ends.
 * </ol>
 *
 * <p>An operator that dies anywhere leaves a record that says how far it came, and instances that say the rest. Whoever sleeps and wakes up later finds a
 * larger epoch on the instance or another record, and does nothing. Should the elected be lost before the end, the next epoch is opened: its rule is
 * on record with the others, so it is fenced as one that may have been promoted.
 */
final class Failover {

    /** How long the fence may take, when all that it needs answer, before a primary that is back is preferred: it would be restarted long before that. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Failover() {}

    /** Opens an epoch, when the primary is lost and another can take its place. */
    static Optional<Step> opening(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        if (intent.hibernated() || !protocol.initialised() || protocol.rules().isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> lost = Detection.lostSince(seen, now);
        if (lost.isEmpty()) {
            return Optional.empty();
        }
        String who = protocol.primary() + " is lost";
        if (!intent.failover().automatic()) {
            waitings.add(
                    new Waiting(
                            Waiting.Reason.NoSafeCandidate,
                            who
                                    + ". spec.failover.automatic is false: it is waited for, or for that field to be set to true."));
            return Optional.empty();
        }
        if (lost.get().plus(intent.failover().delay()).isAfter(now)) {
            waitings.add(new Waiting(
                    Waiting.Reason.FailingOver,
                    who + ". It is replaced after " + intent.failover().delay().toSeconds() + " s."));
            return Optional.empty();
        }
        Optional<String> missing = missing(seen);
        missing.ifPresent(what -> waitings.add(new Waiting(Waiting.Reason.NoSafeCandidate, who + ". " + what)));
        return missing.isPresent() ? Optional.empty() : Optional.of(open(protocol, lost.get(), who));
    }

    /** Goes on with the one on record. */
    static List<Step> steps(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Transition transition = protocol.transition().orElseThrow();
        waitings.add(new Waiting(
                Waiting.Reason.FailingOver,
                transition.from() + " is being replaced"
                        + transition.to().map(to -> " by " + to).orElse("") + " in epoch " + protocol.epoch() + "."));
        return transition.phase() == Transition.Phase.Fencing
                ? fencing(seen, now, waitings)
                : promoting(seen, now, waitings);
    }

    private static List<Step> fencing(Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        if (Fence.isClosed(seen)) {
            Optional<Instance> elected = Election.best(Fence.detached(seen), protocol);
            if (elected.isPresent() && missing(seen).isEmpty()) {
                return List.of(new Step.Record(
                        protocol,
                        protocol.elected(
                                elected.get().name(),
                                Election.rule(elected.get(), seen),
                                Election.unusedTimeline(seen)),
                        elected.get().name() + " is elected, at "
                                + elected.get().database().get().position() + " on timeline "
                                + elected.get().database().get().timeline()));
            }
        }
        Optional<String> missing = missing(seen);
        missing.ifPresent(what -> waitings.add(new Waiting(Waiting.Reason.NoSafeCandidate, what)));
        boolean takesLong =
                protocol.transition().orElseThrow().startedAt().plus(PATIENCE).isBefore(now);
        if (seen.primaryDatabase().isPresent() && (missing.isPresent() || takesLong)) {
            return List.of(new Step.Record(
                    protocol, protocol.takenBack(now), protocol.primary() + " is back before it was replaced"));
        }
        List<Step> steps = new ArrayList<>(Fence.steps(seen));
        steps.addAll(Assigning.ofThoseAway(seen, missing.isPresent(), false));
        return steps;
    }

    private static List<Step> promoting(Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Instance elected = seen.primary().orElse(null);
        if (elected == null || elected.database().isEmpty()) {
            Optional<Instant> lost = Detection.lostSince(seen, now);
            Optional<String> missing = missing(seen);
            if (lost.isPresent() && missing.isEmpty()) {
                return List.of(open(protocol, lost.get(), protocol.primary() + " was elected and is lost"));
            }
            missing.ifPresent(what -> waitings.add(new Waiting(Waiting.Reason.NoSafeCandidate, what)));
            return Assigning.ofThoseAway(seen, true, false);
        }
        return elected.leads() ? promoted(seen, now) : barrier(elected, seen);
    }

    private static List<Step> barrier(Instance elected, Observation seen) {
        Protocol protocol = seen.protocol();
        Instance.Database database = elected.database().get();
        Rule rule = protocol.newestRule();
        if (database.epoch() != protocol.epoch()) {
            return List.of(new Step.Detach(elected.name(), protocol.epoch()));
        }
        if (!database.detached()) {
            return List.of(); // it is starting, or being promoted
        }
        boolean inForce = RuleChange.inForce(rule, database, protocol);
        long confirmed = database.walsenders().stream()
                .filter(each -> rule.members().contains(each.standby()))
                .filter(each -> each.flushed().reaches(database.position()))
                .map(Instance.Walsender::standby)
                .distinct()
                .count();
        if (inForce && confirmed >= rule.required()) {
            return List.of(new Step.Promote(elected.name(), protocol.epoch(), protocol.timeline()));
        }
        List<Step> steps = new ArrayList<>();
        if (!inForce) {
            steps.add(new Step.SetRule(elected.name(), protocol.epoch(), protocol.ruleGeneration(), rule));
        }
        for (Instance each : seen.standbys()) {
            if (database.slots().stream().noneMatch(slot -> slot.name().equals(Names.slot(each.name())))) {
                steps.add(new Step.CreateSlot(elected.name(), Names.slot(each.name())));
            }
        }
        List<Instance> followers = followers(elected, seen);
        for (Instance each : followers) {
            if (!isPointedTo(each, protocol)) {
                steps.add(new Step.Follow(each.name(), elected.name(), protocol.epoch()));
            }
        }
        long couldConfirm = followers.stream()
                .filter(each -> rule.hasMember(each.name()) && !Assigning.cannotFollow(each, seen))
                .count();
        steps.addAll(Assigning.ofThoseAway(seen, false, couldConfirm < rule.required()));
        return steps;
    }

    private static List<Step> promoted(Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        List<Step> steps = new ArrayList<>();
        for (Instance each : followers(seen.primary().orElseThrow(), seen)) {
            if (!isPointedTo(each, protocol)) {
                steps.add(new Step.Follow(each.name(), protocol.primary(), protocol.epoch()));
            }
        }
        steps.addAll(RuleChange.settling(
                seen, protocol.ended(now), "the commits of " + protocol.primary() + " are confirmed"));
        return steps;
    }

    /** Whoever could confirm what the elected has: standbys that answer. */
    private static List<Instance> followers(Instance elected, Observation seen) {
        return seen.instances().stream()
                .filter(each -> !each.name().equals(elected.name()) && each.follows(seen.protocol()))
                .toList();
    }

    private static boolean isPointedTo(Instance standby, Protocol protocol) {
        Instance.Database database = standby.database().get();
        return database.epoch() == protocol.epoch() && !database.detached();
    }

    private static Step open(Protocol protocol, Instant since, String why) {
        return new Step.Record(protocol, protocol.opened(Transition.Kind.Failover, since), why);
    }

    /** What is missing for a failover that loses nothing; empty when nothing is. */
    private static Optional<String> missing(Observation seen) {
        Protocol protocol = seen.protocol();
        if (protocol.rules().stream().anyMatch(rule -> rule.required() == 0)) {
            return Optional.of("Commits waited for no standby, so nobody can tell what was acknowledged.");
        }
        List<String> answering = seen.instances().stream()
                .filter(each -> each.follows(protocol))
                .map(Instance::name)
                .toList();
        long copies = seen.standbys().stream()
                .filter(each -> each.hasLivePod() && !answering.contains(each.name()))
                .count();
        int needed = Election.required(protocol) + 1;
        if (!answering.isEmpty() && answering.size() + copies >= needed && Fence.couldBeClosedBy(answering, protocol)) {
            return Optional.empty();
        }
        return Optional.of("Of its standbys "
                + (answering.isEmpty()
                        ? "none answers"
                        : "only " + String.join(", ", answering) + (answering.size() == 1 ? " answers" : " answer"))
                + "; needed are one to lead and " + (needed - 1)
                + " to confirm its commits, and of every rule on record so many that nothing can be confirmed to "
                + protocol.primary() + " any more.");
    }
}
