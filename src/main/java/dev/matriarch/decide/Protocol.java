package dev.matriarch.decide;

import java.util.ArrayList;
import java.util.List;

/**
 * What is recorded in the status of the PgCluster, and decides who may write. It changes only by compare-and-set (see {@code StatusWriter}).
 *
 * @param epoch counter of changes of the primary; 0: nothing was recorded yet
 * @param primary the instance that leads in this epoch; null in epoch 0
 * @param systemIdentifier PostgreSQL's identifier of the database cluster; null until the first primary has said it
 * @param timeline the primary's timeline; 0 until known
 * @param ruleGeneration counter of changes of the synchronous rule
 * @param rules every rule that may still be in force, the newest last
 * @param timelines the timeline of each epoch
 */
public record Protocol(
        long epoch,
        String primary,
        String systemIdentifier,
        long timeline,
        long ruleGeneration,
        List<Rule> rules,
        List<EpochTimeline> timelines) {

    /** The timeline that the primary of an epoch writes. */
    public record EpochTimeline(long epoch, long timeline) {}

    public Protocol {
        rules = List.copyOf(rules);
        timelines = List.copyOf(timelines);
    }

    /** Nothing was recorded yet. */
    public static Protocol none() {
        return new Protocol(0, null, null, 0, 0, List.of(), List.of());
    }

    /** The first epoch, before anything was initialised. */
    public static Protocol founded(String primary) {
        return new Protocol(1, primary, null, 0, 0, List.of(), List.of());
    }

    /** Whether the cluster was initialised: after that it never is again, whatever is missing. */
    public boolean initialised() {
        return systemIdentifier != null;
    }

    /** The rule that is, or is about to be, the only one. */
    public Rule newestRule() {
        return rules.isEmpty() ? null : rules.get(rules.size() - 1);
    }

    /** The same with what the initialised primary said. */
    public Protocol withDatabase(String identifier, long newTimeline) {
        List<EpochTimeline> all = new ArrayList<>(timelines);
        all.removeIf(entry -> entry.epoch() == epoch);
        all.add(new EpochTimeline(epoch, newTimeline));
        return new Protocol(epoch, primary, identifier, newTimeline, ruleGeneration, rules, all);
    }

    /** The same with a further rule beside the others, in a new generation. */
    public Protocol withRuleBeside(Rule rule) {
        List<Rule> all = new ArrayList<>(rules);
        all.add(rule);
        return new Protocol(epoch, primary, systemIdentifier, timeline, ruleGeneration + 1, all, timelines);
    }

    /** The same with the newest rule as the only one. */
    public Protocol withNewestRuleOnly() {
        return new Protocol(
                epoch, primary, systemIdentifier, timeline, ruleGeneration, List.of(newestRule()), timelines);
    }

    /** The next epoch, led by the same or another instance. */
    public Protocol nextEpoch(String leader) {
        List<EpochTimeline> all = new ArrayList<>(timelines);
        all.add(new EpochTimeline(epoch + 1, timeline));
        return new Protocol(epoch + 1, leader, systemIdentifier, timeline, ruleGeneration, rules, all);
    }
}
