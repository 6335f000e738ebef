package dev.matriarch.decide;

import java.time.Duration;
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

    /** How long those that answer are waited for to be detached, which takes less than 0.1 s where all is well. After that they do not count. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** After how long it is tried again: a client of a standby that conflicts with its replay may have connected again. */
    static final Duration AGAIN = Duration.ofSeconds(5);

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

    /**
     * Those of them that can be counted on. For the fence and for the election only those count anyway that are detached; so who is left out here makes a failover wait for
     * a person and never go on. Where a person has accepted a loss, whoever was named must be among those that are detached, and who is elected
     * has no less than that one.
     */
    static List<Instance> present(Observation seen) {
        List<Instance> hanging = hanging(seen);
        return answering(seen).stream().filter(each -> !hanging.contains(each)).toList();
    }

    /** Those that answer and could not be detached for long: their disk takes no write, or their replay does not move. */
    static List<Instance> hanging(Observation seen) {
        if (!isFencing(seen) || seen.memory().transitionFor().compareTo(PATIENCE) <= 0) {
            return List.of();
        }
        List<Instance> detached = detached(seen);
        return answering(seen).stream().filter(each -> !detached.contains(each)).toList();
    }

    /** What keeps one that answers from being detached, in words. */
    static String hindrance(Instance instance, Protocol protocol) {
        Instance.Database said = instance.database().orElseThrow();
        if (said.epoch() < protocol.epoch()) {
            return "it does not take epoch " + protocol.epoch() + ", which it has to write to its disk";
        }
        return said.hindrance().isEmpty() ? "its replay or its walreceiver has not ended" : said.hindrance();
    }

    private static boolean isFencing(Observation seen) {
        return seen.protocol().phase().equals(Optional.of(Transition.Phase.Fencing));
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

    /**
     * Detaches this one, if it answers as a standby and is not. Again, if it has begun a timeline of which it has nothing; and while nobody is elected, and so nobody is pointed to anybody in
     * this epoch, also if it was told to before and does not get there.
     */
    static Optional<Step> step(Instance instance, Observation seen) {
        Protocol protocol = seen.protocol();
        boolean again = isFencing(seen) && seen.memory().transitionFor().compareTo(AGAIN) > 0;
        return Optional.of(instance)
                .filter(each -> each.follows(protocol))
                .filter(each -> each.database().get().epoch() < protocol.epoch()
                        || each.database().get().begun()
                        || again
                                && each.database().get().epoch() == protocol.epoch()
                                && !each.database().get().detached())
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
