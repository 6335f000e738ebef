package dev.matriarch.decide;

import dev.matriarch.decide.Assignment.Deed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What each instance is told.
 *
 * <p>Invariants: nobody starts as a standby before the system identifier is recorded and the primary's data bears its mark. An instance is told
 * to copy only when it never held data, says that its volume is empty, or cannot go on with what it has; and if it counted for commits, it
 * leaves the rule first, as long as the others are enough.
 */
final class Assigning {

    private Assigning() {}

    static List<Step> steps(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        List<Step> steps = new ArrayList<>();
        for (Instance each : seen.instances()) {
            if (!each.hasLivePod()) {
                continue;
            }
            Instance.Pod pod = each.pod().get();
            wanted(each, intent, seen, now, waitings)
                    .filter(wanted -> !pod.assignment().equals(Optional.of(wanted)))
                    .ifPresent(wanted -> steps.add(new Step.Assign(each.name(), pod.uid(), pod.assignment(), wanted)));
            follow(each, seen).ifPresent(steps::add);
            stop(each, seen).ifPresent(steps::add);
        }
        return steps;
    }

    /**
     * A former primary whose node is back admits clients until it hears that it is to rejoin, which takes as long as its kubelet needs to hear of it. By SQL it is stopped at once, and its supervisor,
     * which takes that for the operator's will, starts it again only by other words: those. In the epoch that it knows, so that it never looks like a primary of the present one; one that was
     * elected since has seen a later one, and refuses. Nobody who was promoted by hand, whose timeline may bear the number of another.
     */
    private static Optional<Step> stop(Instance instance, Observation seen) {
        Protocol protocol = seen.protocol();
        return Optional.of(instance)
                .filter(each -> each.leads() && !each.name().equals(protocol.primary()))
                .filter(each -> protocol.transition().isEmpty()
                        && seen.primaryDatabase().isPresent())
                .map(each -> each.database().get())
                .filter(its -> its.epoch() < protocol.epoch() && wroteItsOwnTimeline(its, protocol))
                .map(its -> new Step.Stop(instance.name(), its.epoch()));
    }

    private static Optional<Assignment> wanted(
            Instance instance, Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        if (instance.name().equals(protocol.primary())) {
            if (instance.follows(protocol)) {
                return instance.pod().flatMap(Instance.Pod::assignment);
            }
            if (isStandby(instance)) { // it was elected, and not promoted yet, when the PgCluster was deleted
                return Optional.of(Assignment.await(protocol));
            }
            return Optional.of(
                    protocol.initialised() ? Assignment.lead(protocol) : Assignment.initialise(protocol.epoch()));
        }
        if (!protocol.initialised()) {
            return Optional.empty();
        }
        if (!primaryIsMarked(seen)) {
            return primaryDoesNotCome(seen, now) && instance.mark().isPresent()
                    ? Optional.of(Assignment.await(protocol))
                    : Optional.empty();
        }
        if (instance.leads()) {
            waitings.add(new Waiting(
                    Waiting.Reason.UnexpectedPrimary,
                    instance.name() + " does not follow, but " + protocol.primary()
                            + " is the primary. It is not routed to, and becomes a standby "
                            + (seen.primaryDatabase().isPresent() ? "again." : "once a primary answers.")));
            if (seen.primaryDatabase().isEmpty()) {
                return instance.pod().flatMap(Instance.Pod::assignment);
            }
            return Optional.of(
                    mustHearOtherWords(instance, protocol) ? Assignment.follow(protocol) : Assignment.rejoin(protocol));
        }
        if (Switching.comesBack(instance, protocol)) {
            return Optional.of(Assignment.await(protocol)); // with all that it has, which is on the new timeline too
        }
        boolean isCopying = isTold(instance, Assignment.copy(protocol)) && !hasCopied(instance);
        boolean hasParted = Following.hasParted(instance, seen) && !lacksWal(instance, seen);
        if (mustRejoin(instance, seen) || hasParted && !isCopying) {
            return Optional.of(Assignment.rejoin(protocol));
        }
        if (hasParted) {
            return Optional.of(Assignment.copy(protocol));
        }
        if (needsCopy(instance, seen)) {
            if (hasCopied(instance)) {
                return Optional.of(Assignment.follow(protocol)); // the same words again would be no news to it
            }
            // While the primary changes the rule does not; it has confirmed nothing under the new one.
            boolean leavesFirst = protocol.transition().isEmpty()
                    && countsForCommits(instance, seen)
                    && othersSuffice(instance, intent, seen);
            return leavesFirst
                    ? instance.pod().flatMap(Instance.Pod::assignment)
                    : Optional.of(Assignment.copy(protocol));
        }
        return Optional.of(
                Following.mayStart(instance, seen) ? Assignment.follow(protocol) : Assignment.await(protocol));
    }

    /**
     * What those are told that do not answer while the primary changes: a supervisor starts nothing under an epoch that its instance has seen pass. They come
     * up as standbys without an upstream; the recorded primary, which may or may not have been promoted, as what its data says it is.
     *
     * @param recordedPrimary whether the recorded primary is to come up too
     * @param copies whether those who have nothing, or nothing that can follow, copy the recorded primary, which is in recovery: too few confirm what it has
     */
    static List<Step> ofThoseAway(Observation seen, boolean recordedPrimary, boolean copies) {
        Protocol protocol = seen.protocol();
        List<Step> steps = new ArrayList<>();
        for (Instance each : seen.instances()) {
            boolean cannotFollow = each.follows(protocol) && Following.cannotFollow(each, seen);
            if (!each.hasLivePod() || each.follows(protocol) && !(copies && cannotFollow)) {
                continue;
            }
            Instance.Pod pod = each.pod().get();
            boolean recorded = each.name().equals(protocol.primary());
            if (recorded && !recordedPrimary) {
                continue;
            }
            boolean lead = recorded && !isStandby(each);
            boolean useless = !recorded && (cannotFollow || hasNothingToFollowWith(each, seen));
            if (useless && !copies) {
                continue;
            }
            Assignment told =
                    lead ? Assignment.lead(protocol) : useless ? Assignment.copy(protocol) : Assignment.await(protocol);
            if (!pod.assignment().equals(Optional.of(told))) {
                steps.add(new Step.Assign(each.name(), pod.uid(), pod.assignment(), told));
            }
        }
        return steps;
    }

    /**
     * Who led in an earlier epoch, and does so again or still, behind a gate that nobody opens or with nobody who confirms, is stopped: then it comes up as a standby without an upstream, with
     * all that it has, and counts. By its supervisor, which sees to it that it ends; and by SQL in the epoch that it knows, which is quicker. The recorded primary, or elected, may yet lead in this transition;
     * everybody else only once it was detached in a later epoch and elected, and refuses this then. Nobody who was promoted by hand is made a standby that counts: its timeline may bear the number of another.
     */
    static List<Step> formerLeadersStop(Observation seen) {
        Protocol protocol = seen.protocol();
        Assignment stop = Assignment.stop(protocol);
        String from = protocol.transition().orElseThrow().from();
        List<Step> steps = new ArrayList<>();
        seen.instances().stream()
                .filter(each ->
                        each.hasLivePod() && each.leads() && !each.name().equals(protocol.primary()))
                .filter(each -> each.name().equals(from)
                        || protocol.rules().stream()
                                .anyMatch(rule -> rule.primary().equals(each.name())))
                .filter(each -> wroteItsOwnTimeline(each.database().orElseThrow(), protocol))
                .forEach(each -> {
                    if (!isTold(each, stop)) {
                        steps.add(new Step.Assign(
                                each.name(),
                                each.pod().get().uid(),
                                each.pod().get().assignment(),
                                stop));
                    }
                    steps.add(new Step.Stop(each.name(), each.database().get().epoch()));
                });
        return steps;
    }

    /** Whether what leads was promoted by the operator. By the number of its timeline alone it may look so though a person did that: it is the next one of its own, which another may have had. */
    private static boolean wroteItsOwnTimeline(Instance.Database its, Protocol protocol) {
        return its.timeline() != protocol.timeline()
                && !its.synchronousStandbyNames().equals(Rule.OF_STANDBYS)
                && protocol.timelines().stream().anyMatch(each -> each.timeline() == its.timeline());
    }

    /** The old primary of a switchover is needed to confirm what the elected has: it comes up as a standby without an upstream. */
    static List<Step> oldPrimaryBack(Observation seen) {
        Assignment await = Assignment.await(seen.protocol());
        return seen.instances().stream()
                .filter(each -> each.hasLivePod() && Switching.comesBack(each, seen.protocol()))
                .filter(each -> !each.pod().get().assignment().equals(Optional.of(await)))
                .<Step>map(each -> new Step.Assign(
                        each.name(), each.pod().get().uid(), each.pod().get().assignment(), await))
                .toList();
    }

    private static boolean hasNothingToFollowWith(Instance instance, Observation seen) {
        return instance.leads()
                || hasNothing(instance, seen)
                || mustBeMadeAStandby(instance)
                || isTold(instance, Assignment.copy(seen.protocol()));
    }

    /**
     * Whether the primary of a cluster that was taken up again is missed for so long that the others come up without it, as standbys without an upstream: from then on it is a failover like any
     * other. Who was elected last, and not promoted yet, says itself that it cannot lead.
     */
    private static boolean primaryDoesNotCome(Observation seen, Instant now) {
        boolean isStandby = Detection.isPrimaryAStandby(seen)
                || seen.primary().filter(Assigning::isStandby).isPresent();
        return seen.primaryDatabase().isEmpty()
                && seen.memory().lostSince().isPresent()
                && (isStandby || Detection.isMissedForLong(seen, now));
    }

    /** Whether it was told to lead and cannot, being a standby. */
    private static boolean isStandby(Instance instance) {
        return instance.report().filter(said -> said.refused("is-standby")).isPresent();
    }

    private static boolean primaryIsMarked(Observation seen) {
        Optional<Mark> mark = seen.primary().flatMap(Instance::mark);
        return mark.isPresent()
                && mark.get().protocol().epoch() == seen.protocol().epoch();
    }

    /** Whether what the instance has, if anything, is of no use. */
    static boolean needsCopy(Instance instance, Observation seen) {
        boolean copying = instance.pod()
                .flatMap(Instance.Pod::assignment)
                .filter(told -> told.deed() == Deed.CLONE
                        && told.epoch() == seen.protocol().epoch())
                .isPresent();
        if (instance.database().isPresent()) {
            return lacksWal(instance, seen);
        }
        return copying || hasNothing(instance, seen);
    }

    /**
     * Whether one that does not answer has nothing, or nothing that PostgreSQL starts with: a copy takes no more away than that, which its supervisor keeps until the copy streams. Its claim may bear no mark though it has: then it may be streaming, and what it confirms while it is copied would
     * be gone with the copy. So one that counts refuses to run first, because its volume is empty or damaged; before that, what it says of its volume is no more than a guess.
     */
    private static boolean hasNothing(Instance instance, Observation seen) {
        return instance.report().filter(Instance.Report::hasNothingToStart).isPresent()
                || instance.mark().isEmpty() && !countsForCommits(instance, seen);
    }

    /** Whether it has data whose history may have parted from the primary's. It is told so until it streams. */
    private static boolean mustRejoin(Instance instance, Observation seen) {
        boolean told = isTold(instance, Assignment.rejoin(seen.protocol()));
        if (instance.database().isPresent() && lacksWal(instance, seen)) {
            return false; // it has rejoined, and only a copy is left
        }
        boolean streams =
                instance.database().filter(Instance.Database::receiving).isPresent();
        boolean nothing =
                instance.report().filter(Instance.Report::hasNothingToStart).isPresent();
        // The same words again would be no news to one that was stopped under them.
        boolean ended = instance.report().filter(Instance.Report::endedUnasked).isPresent();
        return told && !streams && !nothing || ended && !told || mustBeMadeAStandby(instance);
    }

    /** Whether what it has was a primary's, or is half rewound: its supervisor starts it as no standby. */
    private static boolean mustBeMadeAStandby(Instance instance) {
        return instance.report()
                .filter(said -> said.refused("was-primary") || said.refused("rewind"))
                .isPresent();
    }

    /** Whether one that leads though it should not had rejoined when it was promoted by hand: until it has heard others, the same words would be no news to it. */
    private static boolean mustHearOtherWords(Instance instance, Protocol protocol) {
        boolean lastDidThat = instance.report()
                .filter(said -> said.saysItRuns() && Deed.REJOIN.name().equalsIgnoreCase(said.deed()))
                .isPresent();
        return lastDidThat
                && instance.pod()
                        .flatMap(Instance.Pod::assignment)
                        .filter(told ->
                                told.equals(Assignment.rejoin(protocol)) || told.equals(Assignment.follow(protocol)))
                        .isPresent();
    }

    /** Whether it did the copy that it was told to take, and runs with it. */
    private static boolean hasCopied(Instance instance) {
        return instance.database().isPresent()
                && instance.pod()
                        .flatMap(Instance.Pod::assignment)
                        .filter(told -> told.deed() == Deed.CLONE)
                        .isPresent()
                && instance.report()
                        .filter(report -> report.saysItRuns() && "clone".equals(report.deed()))
                        .isPresent();
    }

    /** Whether the primary no longer has the WAL that the standby would need next. */
    private static boolean lacksWal(Instance instance, Observation seen) {
        if (instance.database().isEmpty() || seen.primaryDatabase().isEmpty()) {
            return false;
        }
        Instance.Database standby = instance.database().get();
        boolean isConnected = seen.walsender(instance).isPresent() || standby.receiving();
        return (!isConnected || Following.hasParted(instance, seen))
                && standby.position().compareTo(seen.primaryDatabase().get().oldestWal()) < 0;
    }

    /** Whether these are the last words that it was given. */
    static boolean isTold(Instance instance, Assignment assignment) {
        return instance.pod().flatMap(Instance.Pod::assignment).equals(Optional.of(assignment));
    }

    private static boolean countsForCommits(Instance instance, Observation seen) {
        return seen.protocol().rules().stream().anyMatch(rule -> rule.hasMember(instance.name()));
    }

    /** Whether a rule can be had without it: only those count that may be members, see {@link RuleChange}. */
    private static boolean othersSuffice(Instance instance, Intent intent, Observation seen) {
        long others = RuleChange.candidates(intent, seen).stream()
                .filter(each -> !each.name().equals(instance.name()) && seen.streams(each))
                .count();
        return others >= intent.required();
    }

    /**
     * Whether somebody has paused the replay of one that is needed, and that lost its connection since: PostgreSQL connects again only where it replays. Detached, it replays; then it is
     * pointed to the primary again. As long as its connection lasts, or enough others confirm, it stays as it is: somebody wants to look at it.
     */
    private static boolean keepsWritesWaiting(Instance instance, Observation seen) {
        Rule newest = seen.protocol().newestRule();
        return newest != null
                && seen.primaryDatabase().isPresent()
                && newest.hasMember(instance.name())
                && instance.follows(seen.protocol())
                && instance.database().get().paused()
                && !instance.database().get().receiving()
                && Starting.streamingMembers(newest, seen) < newest.required();
    }

    /**
     * A running standby of an earlier epoch, or one that was detached in this, is pointed to the primary without a restart. While that does not answer it is left as it
     * is: it may hear it by the name of before. But one that still streams from whoever led before is pointed away also then. What it confirms there counts for nothing, as that one was
     * fenced; what it is told is what it would be told later; and where it is the best that is left, its position would move with every write there, so that a
     * person could never name it.
     */
    private static Optional<Step> follow(Instance instance, Observation seen) {
        Protocol protocol = seen.protocol();
        boolean behind = instance.database()
                .filter(database ->
                        database.inRecovery() && (database.epoch() < protocol.epoch() || database.waitsForUpstream()))
                .isPresent();
        if (keepsWritesWaiting(instance, seen)) {
            return Optional.of(new Step.Detach(instance.name(), protocol.epoch()));
        }
        if (!behind || instance.name().equals(protocol.primary())) {
            return Optional.empty();
        }
        if (seen.primaryDatabase().isPresent()) {
            return Following.pointing(instance, seen.primaryDatabase().get(), protocol);
        }
        Instance.Database its = instance.database().get();
        return its.receivesFromAnother(protocol.primary())
                ? Optional.of(
                        its.timeline() == protocol.timeline()
                                ? new Step.Follow(instance.name(), protocol.primary(), protocol.epoch())
                                : new Step.Detach(instance.name(), protocol.epoch()))
                : Optional.empty();
    }
}
