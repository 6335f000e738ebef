package dev.matriarch.decide;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fence: what proves that nothing more is confirmed to whoever led before.
 *
 * <p>A commit is acknowledged when {@code required} of a rule's members have confirmed it. When {@code members - required + 1} of them are detached at
 * the new epoch, any {@code required} of them include one that is detached: nothing can be acknowledged under this rule any more, and whatever was is on
 * at least one of the detached. They never go back: a smaller epoch is refused by every instance, and a standby's name carries its epoch. This
 * holds for every rule on record, because each may be in force. A rule whose own primary is detached is that of nobody.
 *
 * <p>A rule that requires nobody is fenced by time, and by all its members: see {@link SelfFence}.
 */
final class Fence {

    private Fence() {}

    /** Whether every recorded rule is fenced. */
    static boolean isClosed(Observation seen) {
        List<String> detached = detached(seen).stream().map(Instance::name).toList();
        boolean stopped = seen.memory().transitionFor().compareTo(SelfFence.patience(seen.protocol())) >= 0;
        return isClosedBy(detached, seen.protocol(), stopped);
    }

    /** Whether so many instances, once they are detached, would close it, sooner or later. */
    static boolean couldBeClosedBy(List<String> instances, Protocol protocol) {
        return isClosedBy(instances, protocol, true);
    }

    /**
     * Those that answer as standbys of this database cluster and count: for the fence as for the election, because whatever was acknowledged must be on one
     * that can be elected. One whose timeline is not on record followed somebody who was promoted by hand, and counts for neither.
     */
    static List<Instance> answering(Observation seen) {
        return standbys(seen).filter(each -> isKnown(each, seen.protocol())).toList();
    }

    /** Those that would count, were they not on a timeline that is not on record. */
    static List<Instance> astray(Observation seen) {
        return standbys(seen).filter(each -> !isKnown(each, seen.protocol())).toList();
    }

    private static Stream<Instance> standbys(Observation seen) {
        return seen.instances().stream().filter(each -> each.follows(seen.protocol()));
    }

    private static boolean isKnown(Instance standby, Protocol protocol) {
        return protocol.timelines().stream()
                .anyMatch(each -> each.timeline() == standby.database().get().timeline());
    }

    /** Those that are detached at the epoch on record, whatever they were told before. */
    static List<Instance> detached(Observation seen) {
        return answering(seen).stream()
                .filter(each -> each.database().get().epoch() == seen.protocol().epoch()
                        && each.database().get().detached())
                .toList();
    }

    /** Detaches whoever answers as a standby and is not. */
    static List<Step> steps(Observation seen) {
        return seen.instances().stream()
                .flatMap(each -> step(each, seen).stream())
                .toList();
    }

    /** Detaches this one, if it answers as a standby and is not. */
    static Optional<Step> step(Instance instance, Observation seen) {
        Protocol protocol = seen.protocol();
        return Optional.of(instance)
                .filter(each -> each.follows(protocol) && each.database().get().epoch() < protocol.epoch())
                .map(each -> new Step.Detach(each.name(), protocol.epoch()));
    }

    private static boolean isClosedBy(List<String> detached, Protocol protocol, boolean stopped) {
        return !protocol.rules().isEmpty()
                && protocol.rules().stream().allMatch(rule -> isFenced(rule, detached, stopped));
    }

    private static boolean isFenced(Rule rule, List<String> detached, boolean stopped) {
        if (detached.contains(rule.primary())) {
            return true; // it is a standby itself by now, and acknowledges nothing
        }
        if (rule.required() == 0) {
            return stopped
                    && SelfFence.covers(rule)
                    && rule.members().stream().map(Names::instanceOf).allMatch(detached::contains);
        }
        long members = rule.members().stream().map(Names::instanceOf).distinct().count();
        long held = rule.members().stream()
                .map(Names::instanceOf)
                .distinct()
                .filter(detached::contains)
                .count();
        return held >= members - rule.required() + 1;
    }
}
