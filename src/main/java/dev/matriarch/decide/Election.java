package dev.matriarch.decide;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** Who of the detached is to lead: on the highest timeline, and there at the furthest position, so that it has all that any of them has that counts. */
final class Election {

    private static final Comparator<Instance> BY_HISTORY = Comparator.<Instance>comparingLong(
                    each -> each.database().get().timeline())
            .thenComparing(each -> each.database().get().position())
            .thenComparing(Comparator.comparingInt(Instance::ordinal).reversed());

    private Election() {}

    /** The best of them. */
    static Optional<Instance> best(List<Instance> detached) {
        return detached.stream().max(BY_HISTORY);
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

    /** A timeline that nobody has written: neither one on record, nor one that somebody made by hand; as far as anybody is in sight. */
    static long unusedTimeline(Observation seen) {
        return 1
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
