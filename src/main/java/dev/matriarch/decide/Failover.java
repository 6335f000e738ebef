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
 *   <li>From there on it is a switchover's too: {@link Promotion}.
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
        boolean losesNothing = missing.isEmpty() && !isAsynchronous(protocol);
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
                : Promotion.steps(intent, seen, now, waitings);
    }

    private static List<Step> fencing(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Transition transition = protocol.transition().orElseThrow();
        Optional<String> missing = missing(seen);
        boolean isBack = seen.primaryDatabase().isPresent()
                && !seen.primary().get().isStalled()
                && !Promotion.isOnAnothersTimeline(seen.primary().get(), protocol);
        if (isBack && isAsynchronous(protocol)) {
            return List.of(takenBack(seen, now)); // it has more than any other
        }
        if (missing.isEmpty() && Fence.isClosed(seen)) {
            Optional<Instance> elected = Election.next(Fence.detached(seen), seen);
            if (elected.isPresent()) {
                return List.of(Promotion.elected(elected.get(), Election.rule(elected.get(), seen), seen, now));
            }
        }
        boolean takesLong = takesLong(seen);
        if (isBack && (missing.isPresent() || takesLong)) {
            return List.of(takenBack(seen, now));
        }
        boolean accepted = transition
                .accepted()
                .filter(kept -> isKeptByTheBest(kept.instance(), seen))
                .isPresent();
        if (accepted && Fence.present(seen).equals(Fence.detached(seen))) {
            Optional<Instance> elected = Election.best(Fence.detached(seen), seen);
            if (elected.isPresent()) {
                Rule rule = Election.ruleOfThoseThatAnswer(elected.get(), seen, intent.required());
                return List.of(Promotion.elected(elected.get(), rule, seen, now));
            }
        }
        if (missing.isPresent() && !accepted) {
            Optional<Instance> stopped = Switching.endedByAWordOfBefore(seen);
            if (stopped.isPresent()) { // it is needed, and starts by other words only
                return List.of(open(
                        protocol,
                        transition.startedAt(),
                        stopped.get().name() + " was stopped by a word of the switchover that was given up",
                        Optional.empty()));
            }
            Optional<Consent> given = Consenting.given(intent, seen, false);
            if (given.isPresent()) {
                return List.of(open(protocol, transition.startedAt(), "it cannot go on by itself", given));
            }
            waitings.add(noSafeCandidate(missing.get(), seen));
        }
        if (missing.isEmpty() && isAsynchronous(protocol)) {
            waitings.add(new Waiting(
                    Waiting.Reason.FailingOver,
                    protocol.primary() + " may still run. It is waited for "
                            + SelfFence.patience(protocol).toSeconds() + " s until it has stopped itself."));
        }
        List<Step> steps = new ArrayList<>(Fence.steps(seen));
        boolean oneHangs = seen.memory().transitionFor().compareTo(Fence.AGAIN) > 0;
        // Clients wait for those that answer. But a step that fails ends the plan.
        steps.addAll(oneHangs ? 0 : steps.size(), Assigning.ofThoseAway(seen, missing.isPresent(), false));
        if (missing.isPresent()) {
            steps.addAll(Assigning.formerLeadersStop(seen)); // one that comes back may be what is missing
        }
        return steps;
    }

    /** Whether the one that a person named can be counted on, and who would be elected has all that it has. Otherwise another word is needed. */
    private static boolean isKeptByTheBest(String named, Observation seen) {
        List<Instance> present = Fence.present(seen);
        Optional<Instance.Database> kept = present.stream()
                .filter(each -> each.name().equals(named))
                .findFirst()
                .flatMap(Instance::database);
        return kept.isPresent()
                && Election.best(present, seen)
                        .flatMap(Instance::database)
                        .filter(best ->
                                best.has(kept.get().timeline(), kept.get().replayed()))
                        .isPresent();
    }

    /** Whether what is to be done with those that answer takes so long that a primary that is back is preferred, and a person is asked; by no clock that jumps. */
    static boolean takesLong(Observation seen) {
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
    static boolean isAsynchronous(Protocol protocol) {
        return !SelfFence.patience(protocol).isZero();
    }

    private static Step takenBack(Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Instance leader = seen.primary().orElseThrow();
        if (Promotion.isElsewhere(leader, protocol)) {
            return Promotion.promotedByHand(leader, protocol);
        }
        return new Step.Record(
                protocol, protocol.takenBack(now), protocol.primary() + " is back before it was replaced");
    }

    /** The next epoch. */
    static Step open(Protocol protocol, Instant since, String why, Optional<Consent> given) {
        return new Step.Record(
                protocol,
                protocol.opened(since, given),
                why + given.map(said -> "; it was asked for: " + said).orElse(""));
    }

    static Waiting noSafeCandidate(String why, Observation seen) {
        return new Waiting(Waiting.Reason.NoSafeCandidate, why, Consenting.toLose(seen));
    }

    /** What is missing for a failover that loses nothing; empty when nothing is. */
    static Optional<String> missing(Observation seen) {
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
