package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What follows an election, of a {@link Failover} or of a switchover ({@link Switching}), until the elected leads and its own commits are confirmed.
 *
 * <ol>
 *   <li>Barrier: while the elected is still in recovery, the others follow it, and as many as its rule requires must have flushed what it has. So nothing that a client
 *       sees on the new primary can vanish with it.
 *   <li>Its claim says that it is the one ({@link Marks}).
 *   <li>It is promoted; its rule was put in force before. Clients are led to it.
 *   <li>When a marker that it wrote is confirmed, the old rules leave the record, and the transition ends.
 * </ol>
 *
 * <p>There is no way back. Whatever keeps the elected from leading opens the next epoch: its rule is on record with the others, so it is fenced as one that may have been
 * promoted. One that answers and all the same gets no confirmation, as where it is cut off from its peers alone, is waited for; then those who are away are
 * brought back, the old primary too; and then another is elected, if the fence can be closed without it ({@link Election#untried}). Between any two steps the record and the instances say how far it came: which rule is in force, who follows whom, who has what, who leads on which timeline.
 */
final class Promotion {

    /** How long an elected that answers is waited for, if another can be elected: those who are brought back have then had the time to come. */
    private static final Duration ANOTHER = Fence.PATIENCE.multipliedBy(2);

    private final Intent intent;
    private final Observation seen;
    private final Instant now;
    private final List<Waiting> waitings;
    private final Protocol protocol;
    private final Transition transition;

    private Promotion(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        this.intent = intent;
        this.seen = seen;
        this.now = now;
        this.waitings = waitings;
        this.protocol = seen.protocol();
        this.transition = protocol.transition().orElseThrow();
    }

    /** Records who is to be promoted, from when on there is no way back but another epoch. */
    static Step elected(Instance elected, Rule rule, Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        return new Step.Record(
                protocol,
                protocol.elected(elected, rule, Election.unusedTimeline(seen), now),
                elected.name() + " is elected, at " + elected.database().get().position() + " on timeline "
                        + elected.database().get().timeline());
    }

    /** Goes on with who was elected. */
    static List<Step> steps(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        return new Promotion(intent, seen, now, waitings).steps();
    }

    private List<Step> steps() {
        Optional<Instance> elected =
                seen.primary().filter(each -> each.database().isPresent() && !each.isStalled());
        if (elected.isEmpty()) {
            return lost();
        }
        if (!elected.get().leads()) {
            return barrier(elected.get(), elected.get().database().get());
        }
        return isOnAnothersTimeline(elected.get(), protocol)
                ? next(elected.get().name() + " was promoted by hand, to timeline "
                        + elected.get().database().get().timeline() + ", which another was to have")
                : promoted(elected.get());
    }

    /** Where it is safe another one is elected, in the next epoch. */
    private List<Step> lost() {
        Optional<Instant> since = Detection.lostSince(seen, now);
        Optional<String> missing = Failover.missing(seen);
        Optional<Consent> given =
                Consenting.given(intent, seen, missing.isEmpty() && !Failover.isAsynchronous(protocol));
        if (since.isPresent() && (missing.isEmpty() || given.isPresent())) {
            return List.of(
                    Failover.open(protocol, since.get(), protocol.primary() + " was elected and is lost", given));
        }
        missing.ifPresent(what -> waitings.add(
                since.isPresent()
                        ? Failover.noSafeCandidate(what, seen)
                        : new Waiting(Waiting.Reason.NoSafeCandidate, what)));
        // Who still follows the old primary would hear it, once that is a standby, and so the elected would never
        // count as lost.
        List<Step> steps = new ArrayList<>(Assigning.ofThoseAway(seen, true, false));
        steps.addAll(Fence.steps(seen));
        steps.addAll(Assigning.formerLeadersStop(seen));
        return steps;
    }

    private List<Step> barrier(Instance elected, Instance.Database database) {
        if (Switching.isLedByHand(seen)) {
            return next(transition.from() + " was started by hand after it had been stopped, and leads");
        }
        Step detach = new Step.Detach(elected.name(), protocol.epoch());
        if (database.epoch() != protocol.epoch() || database.begun()) {
            return List.of(detach);
        }
        if (!database.detached()) {
            // It is starting, or being promoted. Or its replay was stopped since.
            return Failover.takesLong(seen)
                    ? hanging(
                            elected.name() + " is elected, and does not get ready to lead: "
                                    + Fence.hindrance(elected, protocol) + ".",
                            new ArrayList<>(List.of(detach)))
                    : List.of();
        }
        Rule rule = protocol.newestRule();
        long confirmed = database.walsenders().stream()
                .filter(each -> rule.members().contains(each.standby()))
                .filter(each -> each.flushed().reaches(database.position()))
                .map(Instance.Walsender::standby)
                .distinct()
                .count();
        if (RuleChange.isSet(rule, database, protocol) && confirmed >= rule.required()) {
            return List.of(Marks.ofElected(elected, protocol)
                    .orElse(new Step.Promote(elected.name(), protocol.epoch(), protocol.timeline())));
        }
        return confirming(elected, database, confirmed);
    }

    /** As long as too few have confirmed what the elected has. */
    private List<Step> confirming(Instance elected, Instance.Database database, long confirmed) {
        Rule rule = protocol.newestRule();
        List<Instance> followers = followers(elected);
        long couldConfirm = followers.stream()
                .filter(each -> rule.hasMember(each.name()) && !Following.cannotFollow(each, seen))
                .count();
        boolean enough = couldConfirm >= rule.required();
        // Clients wait: the slots of those who are not there yet come later, unless they are to be copied.
        List<Step> steps = slots(elected.name(), database, enough ? followers : seen.standbys());
        steps.addAll(following(elected.name(), database, followers));
        Marks.ofElected(elected, protocol).ifPresent(steps::add); // while they connect
        if (transition.planned().isPresent() && (!enough || Switching.isLongInPhase(seen, now))) {
            if (Switching.isOverdue(seen, transition, now)
                    && Failover.missing(seen).isEmpty()) {
                return next("the deadline of the switchover passed before enough confirmed what " + elected.name()
                        + " has");
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
            return Failover.takesLong(seen) && transition.planned().isEmpty()
                    ? hanging(
                            elected.name() + " is elected, and " + rule.required() + " must confirm what it has, up to "
                                    + database.position() + ", before it leads; " + confirmed + " did. "
                                    + unconfirmed(followers, database),
                            steps)
                    : steps;
        }
        Optional<Consent> given = Consenting.given(intent, seen, false);
        if (given.isPresent()) {
            return List.of(Failover.open(
                    protocol, transition.startedAt(), "too few confirm what " + elected.name() + " has", given));
        }
        waitings.add(Failover.noSafeCandidate(
                elected.name() + " is elected, and " + rule.required() + " must confirm what it has before it leads; "
                        + couldConfirm + " can.",
                seen));
        steps.addAll(Assigning.ofThoseAway(seen, false, true));
        return steps;
    }

    private static List<Step> slots(String primary, Instance.Database database, List<Instance> standbys) {
        List<Step> steps = new ArrayList<>();
        for (Instance each : standbys) {
            if (database.slots().stream().noneMatch(slot -> slot.name().equals(Names.slot(each.name())))) {
                steps.add(new Step.CreateSlot(primary, Names.slot(each.name())));
            }
        }
        return steps;
    }

    /** Puts the rule of who is to lead, or leads, in force, and has the others follow it. */
    private List<Step> following(String primary, Instance.Database database, List<Instance> followers) {
        List<Step> steps = new ArrayList<>();
        Rule rule = protocol.newestRule();
        if (!RuleChange.isSet(rule, database, protocol)) {
            steps.add(new Step.SetRule(primary, protocol.epoch(), protocol.ruleGeneration(), rule));
        }
        for (Instance each : followers) {
            Instance.Database its = each.database().get();
            boolean isPointedToIt = its.epoch() == protocol.epoch() && !its.waitsForUpstream();
            if (!isPointedToIt) {
                Following.pointing(each, database, protocol).ifPresent(steps::add);
            }
        }
        return steps;
    }

    /** All that is needed answers, and one of them does not do its part: it is waited for, or for another, or for a person. */
    private List<Step> hanging(String why, List<Step> steps) {
        Optional<Consent> given = Consenting.given(intent, seen, false);
        if (given.isPresent()) {
            return List.of(Failover.open(protocol, transition.startedAt(), why, given));
        }
        if (seen.memory().transitionFor().compareTo(ANOTHER) > 0 && Election.couldBeOfAnother(seen)) {
            return next(why + " Another is elected");
        }
        waitings.add(Failover.noSafeCandidate(why, seen));
        steps.addAll(Assigning.ofThoseAway(seen, false, false)); // nobody copies: what the others have may be needed
        steps.addAll(Assigning.formerLeadersStop(seen));
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

    private List<Step> promoted(Instance leader) {
        if (isElsewhere(leader, protocol)) {
            return List.of(promotedByHand(leader, protocol));
        }
        List<Step> steps = following(leader.name(), leader.database().orElseThrow(), followers(leader));
        steps.addAll(RuleChange.settling(
                seen, protocol.ended(now), "the commits of " + protocol.primary() + " are confirmed"));
        return steps;
    }

    static boolean isElsewhere(Instance leader, Protocol protocol) {
        return leader.database().orElseThrow().timeline() != protocol.timeline();
    }

    /** Two that wrote the same timeline could not be told apart. */
    static boolean isOnAnothersTimeline(Instance leader, Protocol protocol) {
        long actual = leader.database().orElseThrow().timeline();
        return isElsewhere(leader, protocol)
                && protocol.timelines().stream().anyMatch(each -> each.timeline() == actual);
    }

    /**
     * The recorded primary leads, on a timeline that is not the recorded one and nobody else's: its PgCluster was deleted before it was promoted, and once that was made again somebody promoted it by hand.
     * It was elected, or has led, so it has all that counts; and as long as its timeline is not on record nobody who follows it would be counted.
     */
    static Optional<Step> leadsElsewhere(Observation seen) {
        return seen.primary()
                .filter(each -> seen.primaryDatabase().isPresent())
                .filter(each -> isElsewhere(each, seen.protocol()) && !isOnAnothersTimeline(each, seen.protocol()))
                .map(each -> promotedByHand(each, seen.protocol()));
    }

    /** Who follows it goes on upon its timeline, which none would be elected on that is not on record. */
    static Step promotedByHand(Instance leader, Protocol protocol) {
        long actual = leader.database().orElseThrow().timeline();
        return new Step.Record(
                protocol,
                protocol.promotedTo(actual),
                leader.name() + " was promoted by hand, to timeline " + actual + " and not to " + protocol.timeline());
    }

    /** Whoever could confirm what the elected has: standbys that answer. */
    private List<Instance> followers(Instance elected) {
        return seen.instances().stream()
                .filter(each -> !each.name().equals(elected.name()) && each.follows(protocol))
                .toList();
    }

    /** The next epoch. */
    private List<Step> next(String why) {
        return List.of(Failover.open(protocol, now, why, Optional.empty()));
    }
}
