package dev.matriarch.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The replacement of a primary that is lost.
 *
 * <ol>
 *   <li>A new epoch is opened on record. From now on nothing else is decided until it has ended.
 *   <li>The {@link Fence} is closed. As long as it cannot be, the old primary, should it come back, leads on, in the new epoch. Where commits wait for nobody, it
 *       closes only when that one has had the time to stop itself ({@link SelfFence}), and does not close at all once it is back: nobody has more.
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
 *
 * <p>What a person accepts ({@link Consenting}) opens an epoch like any loss does, and replaces two proofs in it. Instead of a closed fence: who has most of
 * all that answer, the one that was named among them, is elected once all that answer and count are detached, so nothing more reaches any of them from before. The old
 * primary may go on acknowledging with others under its rule; that, and whatever of before the elected lacks, is what was accepted to be lost. Instead of
 * the barrier of the strictest rule: as many of those that answer as can confirm, up to what the spec wants. With none of them the elected waits for
 * nobody, and the record says so: a rule that requires nothing cannot be fenced, so no failover after it is made without a person either, until
 * enough standbys have all that clients were shown. All else holds as ever: the timeline is a new one, the standbys that count bear the new epoch in their
 * names, the rules of before stay on record until the new one has settled, and who led or followed before is told to rejoin.
 */
final class Failover {

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
        String who = words(seen.primary(), protocol);
        Optional<String> missing = missing(seen);
        boolean losesNothing = missing.isEmpty() && !asynchronous(protocol);
        Optional<Consent> given = Consenting.given(intent, seen, losesNothing);
        if (given.isPresent()) {
            return Optional.of(open(protocol, lost.get(), who, given));
        }
        if (missing.isPresent()) {
            waitings.add(noSafeCandidate(who + ". " + missing.get(), seen));
            return Optional.empty();
        }
        if (!intent.failover().automatic()) {
            waitings.add(new Waiting(
                    Waiting.Reason.NoSafeCandidate,
                    who + ". spec.failover.automatic is false: it is waited for, or for that field to be set to true.",
                    Optional.of(Consenting.toLoseNothing(seen))));
            return Optional.empty();
        }
        if (lost.get().plus(intent.failover().delay()).isAfter(now)) {
            waitings.add(new Waiting(
                    Waiting.Reason.FailingOver,
                    who + ". It is replaced after " + intent.failover().delay().toSeconds() + " s.",
                    losesNothing ? Optional.of(Consenting.toLoseNothing(seen)) : Optional.empty()));
            return Optional.empty();
        }
        return Optional.of(open(protocol, lost.get(), who, Optional.empty()));
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
                ? fencing(intent, seen, now, waitings)
                : promoting(intent, seen, now, waitings);
    }

    private static List<Step> fencing(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Transition transition = protocol.transition().orElseThrow();
        Optional<String> missing = missing(seen);
        boolean isBack = seen.primaryDatabase().isPresent()
                && !seen.primary().get().isStalled()
                && !isOnAnothersTimeline(seen.primary().get(), protocol);
        if (isBack && asynchronous(protocol)) {
            return List.of(takenBack(seen, now)); // it has more than any other
        }
        if (missing.isEmpty() && Fence.isClosed(seen)) {
            Optional<Instance> elected = Election.best(Fence.detached(seen));
            if (elected.isPresent()) {
                return List.of(elected(elected.get(), Election.rule(elected.get(), seen), seen, now));
            }
        }
        boolean takesLong = takesLong(seen);
        if (isBack && (missing.isPresent() || takesLong)) {
            return List.of(takenBack(seen, now));
        }
        boolean accepted = transition
                .accepted()
                .filter(kept -> Fence.present(seen).stream()
                        .anyMatch(each -> each.name().equals(kept.instance())))
                .isPresent();
        if (accepted && Fence.present(seen).equals(Fence.detached(seen))) {
            Optional<Instance> elected = Election.best(Fence.detached(seen));
            if (elected.isPresent()) {
                Rule rule = Election.ruleOfThoseThatAnswer(elected.get(), seen, now, intent.required());
                return List.of(elected(elected.get(), rule, seen, now));
            }
        }
        if (missing.isPresent() && !accepted) {
            Optional<Consent> given = Consenting.given(intent, seen, false);
            if (given.isPresent()) {
                return List.of(open(protocol, transition.startedAt(), "it cannot go on by itself", given));
            }
            waitings.add(noSafeCandidate(missing.get(), seen));
        }
        if (missing.isEmpty() && asynchronous(protocol)) {
            waitings.add(new Waiting(
                    Waiting.Reason.FailingOver,
                    protocol.primary() + " may still run. It is waited for "
                            + SelfFence.patience(protocol).toSeconds() + " s until it has stopped itself."));
        }
        List<Step> steps = new ArrayList<>(Fence.steps(seen));
        boolean oneHangs = seen.memory().transitionFor().compareTo(Fence.AGAIN) > 0;
        // Clients wait for those that answer. But a step that fails ends the plan.
        steps.addAll(oneHangs ? 0 : steps.size(), Assigning.ofThoseAway(seen, now, missing.isPresent(), false));
        return steps;
    }

    /** Whether what is to be done with those that answer takes so long that a primary that is back is preferred, and a person is asked; by no clock that jumps. */
    private static boolean takesLong(Observation seen) {
        return seen.memory().transitionFor().compareTo(Fence.PATIENCE) > 0;
    }

    private static String words(Optional<Instance> primary, Protocol protocol) {
        return protocol.primary()
                + (primary.filter(Instance::isStalled).isPresent()
                        ? " answers, but its disk has stalled: a write has hung for more than "
                                + Detection.STALL.toSeconds() + " s"
                        : " is lost");
    }

    /** Whether the last writes are lost with the primary, which is waited for until it has stopped itself. */
    private static boolean asynchronous(Protocol protocol) {
        return !SelfFence.patience(protocol).isZero();
    }

    private static Step takenBack(Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Instance leader = seen.primary().orElseThrow();
        if (isElsewhere(leader, protocol)) {
            return promotedByHand(leader, protocol);
        }
        return new Step.Record(
                protocol, protocol.takenBack(now), protocol.primary() + " is back before it was replaced");
    }

    /** Records who is to be promoted, from when on there is no way back but another epoch. */
    static Step elected(Instance elected, Rule rule, Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        return new Step.Record(
                protocol,
                protocol.elected(elected.name(), rule, Election.unusedTimeline(seen), now),
                elected.name() + " is elected, at " + elected.database().get().position() + " on timeline "
                        + elected.database().get().timeline());
    }

    /** Goes on with who was elected, by a failover or a switchover. */
    static List<Step> promoting(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Instance elected = seen.primary().orElse(null);
        if (elected == null || elected.database().isEmpty() || elected.isStalled()) {
            Optional<Instant> lost = Detection.lostSince(seen, now);
            Optional<String> missing = missing(seen);
            Optional<Consent> given = Consenting.given(intent, seen, missing.isEmpty() && !asynchronous(protocol));
            if (lost.isPresent() && (missing.isEmpty() || given.isPresent())) {
                return List.of(open(protocol, lost.get(), protocol.primary() + " was elected and is lost", given));
            }
            missing.ifPresent(what -> waitings.add(
                    lost.isPresent()
                            ? noSafeCandidate(what, seen)
                            : new Waiting(Waiting.Reason.NoSafeCandidate, what)));
            // Who still follows the old primary would hear it, once that is a standby, and so the elected would never
            // count as lost.
            List<Step> steps = new ArrayList<>(Assigning.ofThoseAway(seen, now, true, false));
            steps.addAll(Fence.steps(seen));
            return steps;
        }
        if (!elected.leads()) {
            return barrier(elected, intent, seen, now, waitings);
        }
        return isOnAnothersTimeline(elected, protocol)
                ? List.of(open(
                        protocol,
                        now,
                        elected.name() + " was promoted by hand, to timeline "
                                + elected.database().get().timeline() + ", which another was to have",
                        Optional.empty()))
                : promoted(seen, now);
    }

    private static List<Step> barrier(
            Instance elected, Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Instance.Database database = elected.database().get();
        Rule rule = protocol.newestRule();
        if (Switching.isLedByHand(seen)) {
            return List.of(open(
                    protocol,
                    now,
                    transition(seen).from() + " was started by hand after it had been stopped, and leads",
                    Optional.empty()));
        }
        if (database.epoch() != protocol.epoch()) {
            return List.of(new Step.Detach(elected.name(), protocol.epoch()));
        }
        if (!database.detached()) {
            // It is starting, or being promoted. Or its replay was stopped since.
            return takesLong(seen)
                    ? hanging(
                            elected.name() + " is elected, and does not get ready to lead: "
                                    + Fence.hindrance(elected, protocol) + ".",
                            List.of(new Step.Detach(elected.name(), protocol.epoch())),
                            intent,
                            seen,
                            waitings)
                    : List.of();
        }
        boolean inForce = RuleChange.isSet(rule, database, protocol);
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
        List<Instance> followers = followers(elected, seen);
        long couldConfirm = followers.stream()
                .filter(each -> rule.hasMember(each.name()) && !Assigning.cannotFollow(each, seen, now))
                .count();
        // Clients wait: the slots of those who are not there yet come later, unless they are to be copied.
        for (Instance each : couldConfirm < rule.required() ? seen.standbys() : followers) {
            if (database.slots().stream().noneMatch(slot -> slot.name().equals(Names.slot(each.name())))) {
                steps.add(new Step.CreateSlot(elected.name(), Names.slot(each.name())));
            }
        }
        if (!inForce) {
            steps.add(new Step.SetRule(elected.name(), protocol.epoch(), protocol.ruleGeneration(), rule));
        }
        for (Instance each : followers) {
            if (!isPointedTo(each, protocol)) {
                steps.add(new Step.Follow(each.name(), elected.name(), protocol.epoch()));
            }
        }
        boolean enough = couldConfirm >= rule.required();
        if (transition(seen).planned().isPresent() && (!enough || Switching.isLongInPhase(seen, now))) {
            if (Switching.isOverdue(seen, transition(seen), now)
                    && missing(seen).isEmpty()) {
                return List.of(open(
                        protocol,
                        now,
                        "the deadline of the switchover passed before enough confirmed what " + elected.name() + " has",
                        Optional.empty()));
            }
            // The old primary has it too, and follows; for which it is needed, nobody is led to it any more (Routing).
            // First, as a follower may hang.
            List<Step> back = Assigning.oldPrimaryBack(seen);
            steps.addAll(0, back);
            if (!back.isEmpty() || seen.instances().stream().anyMatch(each -> Switching.comesBack(each, protocol))) {
                return steps;
            }
        }
        if (enough) { // those away are told afterwards: clients wait
            return takesLong(seen) && transition(seen).planned().isEmpty()
                    ? hanging(
                            elected.name() + " is elected, and " + rule.required() + " must confirm what it has, up to "
                                    + database.position() + ", before it leads; " + confirmed + " did. "
                                    + unconfirmed(followers, database),
                            steps,
                            intent,
                            seen,
                            waitings)
                    : steps;
        }
        Optional<Consent> given = Consenting.given(intent, seen, false);
        if (given.isPresent()) {
            Instant since = protocol.transition().orElseThrow().startedAt();
            return List.of(open(protocol, since, "too few confirm what " + elected.name() + " has", given));
        }
        waitings.add(noSafeCandidate(
                elected.name() + " is elected, and " + rule.required() + " must confirm what it has before it leads; "
                        + couldConfirm + " can.",
                seen));
        steps.addAll(Assigning.ofThoseAway(seen, now, false, true));
        return steps;
    }

    /** All that is needed answers, and one of them does not do its part: it is waited for, or for a person. */
    private static List<Step> hanging(
            String why, List<Step> steps, Intent intent, Observation seen, List<Waiting> waitings) {
        Optional<Consent> given = Consenting.given(intent, seen, false);
        if (given.isPresent()) {
            return List.of(open(seen.protocol(), transition(seen).startedAt(), why, given));
        }
        waitings.add(noSafeCandidate(why, seen));
        return steps;
    }

    private static String unconfirmed(List<Instance> followers, Instance.Database elected) {
        return followers.stream()
                .filter(each -> elected.walsenders().stream()
                        .noneMatch(sender -> Names.instanceOf(sender.standby()).equals(each.name())
                                && sender.flushed().reaches(elected.position())))
                .map(each ->
                        each.name() + " is at " + each.database().orElseThrow().position())
                .collect(Collectors.joining(", ", "", "."));
    }

    private static List<Step> promoted(Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Instance leader = seen.primary().orElseThrow();
        if (isElsewhere(leader, protocol)) {
            return List.of(promotedByHand(leader, protocol));
        }
        List<Step> steps = new ArrayList<>();
        if (!RuleChange.isSet(protocol.newestRule(), leader.database().orElseThrow(), protocol)) {
            steps.add(new Step.SetRule(
                    leader.name(), protocol.epoch(), protocol.ruleGeneration(), protocol.newestRule()));
        }
        for (Instance each : followers(leader, seen)) {
            if (!isPointedTo(each, protocol)) {
                steps.add(new Step.Follow(each.name(), protocol.primary(), protocol.epoch()));
            }
        }
        steps.addAll(RuleChange.settling(
                seen, protocol.ended(now), "the commits of " + protocol.primary() + " are confirmed"));
        return steps;
    }

    private static Transition transition(Observation seen) {
        return seen.protocol().transition().orElseThrow();
    }

    private static boolean isElsewhere(Instance leader, Protocol protocol) {
        return leader.database().orElseThrow().timeline() != protocol.timeline();
    }

    /** Two that wrote the same timeline could not be told apart. */
    private static boolean isOnAnothersTimeline(Instance leader, Protocol protocol) {
        long actual = leader.database().orElseThrow().timeline();
        return isElsewhere(leader, protocol)
                && protocol.timelines().stream().anyMatch(each -> each.timeline() == actual);
    }

    /** Who follows it goes on upon its timeline, which none would be elected on that is not on record. */
    private static Step promotedByHand(Instance leader, Protocol protocol) {
        long actual = leader.database().orElseThrow().timeline();
        return new Step.Record(
                protocol,
                protocol.promotedTo(actual),
                leader.name() + " was promoted by hand, to timeline " + actual + " and not to " + protocol.timeline());
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

    private static Step open(Protocol protocol, Instant since, String why, Optional<Consent> given) {
        return new Step.Record(
                protocol,
                protocol.opened(since, given),
                why + given.map(said -> "; it was asked for: " + said).orElse(""));
    }

    private static Waiting noSafeCandidate(String why, Observation seen) {
        return new Waiting(Waiting.Reason.NoSafeCandidate, why, Consenting.toLose(seen));
    }

    /** What is missing for a failover that loses nothing; empty when nothing is. */
    private static Optional<String> missing(Observation seen) {
        Protocol protocol = seen.protocol();
        if (protocol.rules().stream().anyMatch(rule -> rule.required() == 0 && !SelfFence.covers(rule))) {
            return Optional.of("Commits waited for no standby, so nobody can tell what was acknowledged.");
        }
        List<String> answering =
                Fence.present(seen).stream().map(Instance::name).toList();
        List<Instance> hanging = Fence.hanging(seen);
        long copies = seen.standbys().stream()
                .filter(each -> each.hasLivePod() && !answering.contains(each.name()) && !hanging.contains(each))
                .count();
        int needed = Election.required(protocol) + 1;
        if (!answering.isEmpty() && answering.size() + copies >= needed && Fence.couldBeClosedBy(answering, protocol)) {
            return Optional.empty();
        }
        return Optional.of("Of its standbys "
                + (answering.isEmpty()
                        ? hanging.isEmpty() ? "none answers" : "none can be counted on"
                        : "only " + String.join(", ", answering) + (answering.size() == 1 ? " answers" : " answer"))
                + "; needed are one to lead and " + (needed - 1)
                + " to confirm its commits, and of every rule on record so many that nothing can be confirmed to "
                + protocol.primary() + " any more"
                + protocol.rules().stream()
                        .filter(rule -> rule.required() == 0)
                        .findFirst()
                        .map(rule ->
                                ", that is each of " + String.join(", ", rule.members()) + ": one of them has most.")
                        .orElse(".")
                + hanging.stream()
                        .map(each -> " " + each.name() + " answers, but cannot be detached, and counts for neither: "
                                + Fence.hindrance(each, protocol) + ".")
                        .collect(Collectors.joining())
                + Fence.astray(seen).stream()
                        .map(each -> " " + each.name() + " is on timeline "
                                + each.database().get().timeline()
                                + ", of somebody who was promoted by hand, and counts for neither.")
                        .collect(Collectors.joining()));
    }
}
