package dev.matriarch.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is recorded in the status of the PgCluster, and decides who may write. It changes only by compare-and-set (see {@code StatusWriter}).
 *
 * @param epoch counter of changes of the primary; 0: nothing was recorded yet
 * @param primary the instance that leads in this epoch; null in epoch 0
 * @param systemIdentifier PostgreSQL's identifier of the database cluster; null until the first primary has said it
 * @param timeline the primary's timeline; 0 until known
 * @param ruleGeneration counter of changes of the synchronous rule
 * @param rules every rule that may still be in force, the newest last
 * @param timelines the timelines of each epoch: reserved before its primary is promoted, or seen after that was promoted by hand
 * @param transition the change of the primary that is under way
 * @param lastTransition the last one that ended
 */
public record Protocol(
        long epoch,
        String primary,
        String systemIdentifier,
        long timeline,
        long ruleGeneration,
        List<Rule> rules,
        List<EpochTimeline> timelines,
        Optional<Transition> transition,
        Optional<Transition> lastTransition) {

    /** The timeline that the primary of an epoch writes. */
    public record EpochTimeline(long epoch, long timeline) {}

    public Protocol {
        rules = List.copyOf(rules);
        timelines = List.copyOf(timelines);
    }

    /** One without a change of the primary. */
    public Protocol(
            long epoch,
            String primary,
            String systemIdentifier,
            long timeline,
            long ruleGeneration,
            List<Rule> rules,
            List<EpochTimeline> timelines) {
        this(
                epoch,
                primary,
                systemIdentifier,
                timeline,
                ruleGeneration,
                rules,
                timelines,
                Optional.empty(),
                Optional.empty());
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

    /** The phase of the change of the primary that is under way. */
    public Optional<Transition.Phase> phase() {
        return transition.map(Transition::phase);
    }

    /** The same with what the initialised primary said. */
    public Protocol withDatabase(String identifier, long newTimeline) {
        List<EpochTimeline> all = new ArrayList<>(timelines);
        all.removeIf(entry -> entry.epoch() == epoch);
        all.add(new EpochTimeline(epoch, newTimeline));
        return new Protocol(
                epoch, primary, identifier, newTimeline, ruleGeneration, rules, all, transition, lastTransition);
    }

    /** The same with a further rule beside the others, in a new generation. */
    public Protocol withRuleBeside(Rule rule) {
        List<Rule> all = new ArrayList<>(rules);
        all.add(rule);
        return new Protocol(
                epoch,
                primary,
                systemIdentifier,
                timeline,
                ruleGeneration + 1,
                all,
                timelines,
                transition,
                lastTransition);
    }

    /** The same with the newest rule as the only one. */
    public Protocol withNewestRuleOnly() {
        return new Protocol(
                epoch,
                primary,
                systemIdentifier,
                timeline,
                ruleGeneration,
                List.of(newestRule()),
                timelines,
                transition,
                lastTransition);
    }

    /** The next epoch, led by the same or another instance. */
    public Protocol nextEpoch(String leader) {
        List<EpochTimeline> all = new ArrayList<>(timelines);
        all.add(new EpochTimeline(epoch + 1, timeline));
        return new Protocol(
                epoch + 1,
                leader,
                systemIdentifier,
                timeline,
                ruleGeneration,
                rules,
                all,
                Optional.empty(),
                lastTransition);
    }

    /** The next epoch, in which nobody leads yet; what a person has said to it counts for no other. */
    public Protocol opened(Transition.Kind kind, Instant since, Optional<Consent> consent) {
        String from = transition.map(Transition::from).orElse(primary);
        return new Protocol(
                epoch + 1,
                primary,
                systemIdentifier,
                timeline,
                ruleGeneration,
                rules,
                timelines,
                Optional.of(Transition.begun(
                        kind,
                        epoch + 1,
                        from,
                        transition.map(Transition::startedAt).orElse(since),
                        consent)),
                lastTransition);
    }

    /** The same with who is to be promoted, under which rule, to which timeline. */
    public Protocol elected(String leader, Rule rule, long reserved) {
        List<Rule> allRules = new ArrayList<>(rules);
        allRules.add(rule);
        List<EpochTimeline> allTimelines = new ArrayList<>(timelines);
        allTimelines.add(new EpochTimeline(epoch, reserved));
        return new Protocol(
                epoch,
                leader,
                systemIdentifier,
                reserved,
                ruleGeneration + 1,
                allRules,
                allTimelines,
                transition.map(each -> each.promoting(leader)),
                lastTransition);
    }

    /** The same with an elected that somebody has promoted by hand, to another timeline than was reserved; that one is never used. */
    public Protocol promotedTo(long actual) {
        List<EpochTimeline> all = new ArrayList<>(timelines);
        all.add(new EpochTimeline(epoch, actual));
        return new Protocol(
                epoch, primary, systemIdentifier, actual, ruleGeneration, rules, all, transition, lastTransition);
    }

    /** The same after a change of the primary that ended with the recorded one leading, under the newest rule alone. */
    public Protocol ended(Instant now) {
        return withNewestRuleOnly().withoutTransition(transition.map(each -> each.ended(primary, now)));
    }

    /** The opened epoch is led by the recorded primary after all. */
    public Protocol takenBack(Instant now) {
        List<EpochTimeline> all = new ArrayList<>(timelines);
        all.add(new EpochTimeline(epoch, timeline));
        return new Protocol(
                        epoch,
                        primary,
                        systemIdentifier,
                        timeline,
                        ruleGeneration,
                        rules,
                        all,
                        transition,
                        lastTransition)
                .withoutTransition(transition.map(each -> each.ended(primary, now)));
    }

    /** The same with rules whose primaries are not known to stop themselves. */
    Protocol withoutSelfFence() {
        return new Protocol(
                epoch,
                primary,
                systemIdentifier,
                timeline,
                ruleGeneration,
                rules.stream().map(Rule::withoutSelfFence).toList(),
                timelines,
                transition,
                lastTransition);
    }

    /** The same without any change of the primary. */
    Protocol withoutTransitions() {
        return withoutTransition(Optional.empty());
    }

    /** The highest timeline that was ever used or reserved. */
    long highestTimeline() {
        return timelines.stream().mapToLong(EpochTimeline::timeline).max().orElse(timeline);
    }

    private Protocol withoutTransition(Optional<Transition> last) {
        return new Protocol(
                epoch, primary, systemIdentifier, timeline, ruleGeneration, rules, timelines, Optional.empty(), last);
    }
}
