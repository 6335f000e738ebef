package dev.matriarch.decide;

import dev.matriarch.decide.Assignment.Deed;
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

    static List<Step> steps(Intent intent, Observation seen, List<Waiting> waitings) {
        List<Step> steps = new ArrayList<>();
        for (Instance each : seen.instances()) {
            if (!each.hasLivePod()) {
                continue;
            }
            Instance.Pod pod = each.pod().get();
            wanted(each, intent, seen, waitings)
                    .filter(wanted -> !pod.assignment().equals(Optional.of(wanted)))
                    .ifPresent(wanted -> steps.add(new Step.Assign(each.name(), pod.uid(), pod.assignment(), wanted)));
            follow(each, seen).ifPresent(steps::add);
        }
        return steps;
    }

    private static Optional<Assignment> wanted(
            Instance instance, Intent intent, Observation seen, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        if (instance.name().equals(protocol.primary())) {
            return Optional.of(
                    protocol.initialised() ? Assignment.lead(protocol) : Assignment.initialise(protocol.epoch()));
        }
        if (!protocol.initialised() || !primaryIsMarked(seen)) {
            return Optional.empty();
        }
        if (instance.leads()) {
            waitings.add(
                    new Waiting(
                            Waiting.Reason.UnexpectedPrimary,
                            instance.name() + " accepts writes, but " + protocol.primary()
                                    + " is the primary. It is not routed to. Delete its Pod: it is then copied from the primary afresh."));
            return Optional.empty();
        }
        if (needsCopy(instance, seen)) {
            if (hasCopied(instance)) {
                return Optional.of(Assignment.follow(protocol)); // the same words again would be no news to it
            }
            boolean leavesFirst = countsForCommits(instance, seen) && othersSuffice(instance, intent, seen);
            return leavesFirst
                    ? instance.pod().flatMap(Instance.Pod::assignment)
                    : Optional.of(Assignment.copy(protocol));
        }
        return Optional.of(Assignment.follow(protocol));
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
        if (copying || instance.mark().isEmpty()) {
            return true;
        }
        return instance.report()
                .filter(report -> report.refused("empty") || report.refused("was-primary"))
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
        if (seen.walsender(instance).isPresent() || seen.primaryDatabase().isEmpty()) {
            return false;
        }
        Instance.Database standby = instance.database().get();
        return !standby.receiving()
                && standby.position().compareTo(seen.primaryDatabase().get().oldestWal()) < 0;
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

    /** A running standby of an earlier epoch is pointed to the primary of this one without a restart. */
    private static Optional<Step> follow(Instance instance, Observation seen) {
        Protocol protocol = seen.protocol();
        boolean behind = instance.database()
                .filter(database -> database.inRecovery() && database.epoch() < protocol.epoch())
                .isPresent();
        if (!behind
                || instance.name().equals(protocol.primary())
                || seen.primaryDatabase().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Step.Follow(instance.name(), protocol.primary(), protocol.epoch()));
    }
}
