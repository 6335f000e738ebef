package dev.matriarch.decide;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Who of the detached is to lead: of those that have all that the last elected had, who is on the timeline that came on record last, and there at the furthest position. So it has all that any of them has
 * that counts.
 *
 * <p>Whatever was acknowledged before the last elected was elected, or ever could be, it had, as the fence was closed then; and if it was promoted, so many had it too that one of them is among
 * those that close the fence now. So if none of them has it, nobody was promoted in that epoch, and what counts is the one before; as it does where the last elected says itself that it was not promoted. Where a
 * person accepted a loss the first does not hold: should that elected have been lost before its promotion, and stay away, nobody can tell, and what was accepted to be lost is. A higher timeline alone proves nothing: it may be that of a primary which was
 * passed over because it was away, and came back as a standby when the elected of a timeline that does not contain it was lost in its turn.
 */
final class Election {

    private Election() {}

    /** The best of them. */
    static Optional<Instance> best(List<Instance> detached, Observation seen) {
        return havingAll(detached, seen).stream().max(byHistory(seen.protocol()));
    }

    /**
     * By the timeline that came on record last: who was elected for it had all that counts of those before. Its number is not always the highest: an elected that somebody promotes
     * by hand takes its own next one, though one that was passed over had a higher one.
     */
    private static Comparator<Instance> byHistory(Protocol protocol) {
        List<Long> timelines = protocol.timelines().stream()
                .map(Protocol.EpochTimeline::timeline)
                .toList();
        return Comparator.<Instance>comparingInt(
                        each -> timelines.lastIndexOf(each.database().get().timeline()))
                .thenComparing(each -> each.database().get().position())
                .thenComparing(Comparator.comparingInt(Instance::ordinal).reversed());
    }

    /** Those that have all that the last elected had of whom any has it. */
    private static List<Instance> havingAll(List<Instance> detached, Observation seen) {
        List<Protocol.EpochTimeline> timelines = seen.protocol().timelines();
        for (int i = timelines.size() - (wasNotPromoted(seen) ? 2 : 1); i >= 0; i--) {
            Protocol.EpochTimeline last = timelines.get(i);
            List<Instance> having = detached.stream()
                    .filter(each -> last.isContainedIn(each.database().get()))
                    .toList();
            if (last.parent() != 0 && !having.isEmpty()) {
                return having;
            }
        }
        return detached;
    }

    /** Whether the last elected says itself that it was not promoted, and never will be in its epoch: it is a standby, detached in a later one, on the timeline on which it was elected. */
    private static boolean wasNotPromoted(Observation seen) {
        List<Protocol.EpochTimeline> timelines = seen.protocol().timelines();
        if (timelines.isEmpty()) {
            return false;
        }
        Protocol.EpochTimeline last = timelines.get(timelines.size() - 1);
        return last.parent() != 0
                && last.epoch() < seen.protocol().epoch()
                && Fence.detached(seen).stream()
                        .anyMatch(each -> each.name().equals(seen.protocol().primary())
                                && each.database().get().timeline() == last.parent());
    }

    /**
     * The best of those that are detached. Whoever was elected since the old primary was lost, and did not get to lead, is passed over where the fence is closed without it: then whatever was
     * acknowledged is on one of the others, as it would be if that one did not answer. What it has more was acknowledged to nobody.
     */
    static Optional<Instance> next(List<Instance> detached, Observation seen) {
        List<Instance> untried = untried(detached, seen.protocol());
        return best(areEnough(untried, seen) ? untried : detached, seen);
    }

    /** Whether another than those that were elected since the old primary was lost could be. */
    static boolean couldBeOfAnother(Observation seen) {
        return areEnough(untried(Fence.answering(seen), seen.protocol()), seen);
    }

    /** Without those that were elected since the old primary was lost. */
    static List<Instance> untried(List<Instance> instances, Protocol protocol) {
        String from = protocol.transition().orElseThrow().from();
        return instances.stream()
                .filter(each -> each.name().equals(from)
                        || protocol.rules().stream()
                                .noneMatch(rule -> rule.primary().equals(each.name())))
                .toList();
    }

    /** Whether they close the fence, and enough of them can confirm what one of them has. Where commits wait for nobody, whoever led has most. */
    private static boolean areEnough(List<Instance> instances, Observation seen) {
        Protocol protocol = seen.protocol();
        return instances.size() > required(protocol)
                && protocol.rules().stream().allMatch(rule -> rule.required() > 0)
                && Fence.couldBeClosedBy(instances.stream().map(Instance::name).toList(), protocol);
    }

    /**
     * The rule of an elected: everybody who was counted or led before, and whoever is there, can confirm; and as many must as under the strictest rule
     * on record.
     */
    static Rule rule(Instance elected, Observation seen) {
        return rule(elected, members(elected, seen), required(seen.protocol()));
    }

    /**
     * The rule of one that a person lets lead though not enough can confirm what it has: as many as can of those that answer, and no more than wanted.
     *
     * @param wanted how many are to confirm each commit
     */
    static Rule ruleOfThoseThatAnswer(Instance elected, Observation seen, int wanted) {
        List<String> members = members(elected, seen);
        long able = Fence.detached(seen).stream()
                .filter(each -> members.contains(
                        Names.standby(each.name(), seen.protocol().epoch())))
                .filter(each -> !Following.cannotFollow(each, elected))
                .count();
        return rule(elected, members, (int) Math.min(wanted, able));
    }

    private static Rule rule(Instance elected, List<String> members, int required) {
        // Where it waits for nobody, it does not stop itself either, until it has said that it would.
        return required == 0 ? Rule.none(elected.name()) : new Rule(elected.name(), members, required);
    }

    private static List<String> members(Instance elected, Observation seen) {
        Protocol protocol = seen.protocol();
        TreeSet<String> others = new TreeSet<>();
        protocol.rules().forEach(rule -> {
            others.add(rule.primary());
            rule.members().forEach(member -> others.add(Names.instanceOf(member)));
        });
        Fence.answering(seen).forEach(each -> others.add(each.name()));
        others.remove(elected.name());
        return others.stream()
                .map(name -> Names.standby(name, protocol.epoch()))
                .toList();
    }

    /**
     * A timeline that nobody has written or will write: neither one on record, nor one that somebody made by hand as far as anybody is in sight. Nor the next one, which is left to those that are promoted by
     * hand: PostgreSQL gives them the next of their own. So who is on that, or follows somebody there out of the operator's sight, is never taken for one that has what an elected wrote.
     */
    static long unusedTimeline(Observation seen) {
        return 2
                + LongStream.concat(
                                LongStream.of(seen.protocol().highestTimeline()),
                                seen.instances().stream()
                                        .flatMap(each -> each.database().stream())
                                        .mapToLong(Instance.Database::timeline))
                        .max()
                        .getAsLong();
    }

    /** How many must confirm under the strictest rule on record. */
    static int required(Protocol protocol) {
        return protocol.rules().stream().mapToInt(Rule::required).max().orElse(0);
    }
}
