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
 * @param lastSwitchover the last switchover that ended, or gave way to a failover
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
        Optional<Transition> lastTransition,
        Optional<Transition> lastSwitchover) {

    /**
     * The timeline that the primary of an epoch writes.
     *
     * @param parent the timeline on which its primary was when it was elected; 0: nobody was, it goes on with what it wrote before
     * @param fork up to where it had that, at the end of a record
     */
    public record EpochTimeline(long epoch, long timeline, long parent, Lsn fork) {
        /** Of one that was not elected. */
        public EpochTimeline(long epoch, long timeline) {
            this(epoch, timeline, 0, Lsn.ZERO);
        }

        /** Whether a standby has all that the elected of this epoch had. */
        boolean isContainedIn(Instance.Database its) {
            return parent == 0 || its.timeline() == timeline || its.has(parent, fork);
        }
    }

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
        Draft next = new Draft(this);
        next.systemIdentifier = identifier;
        next.timeline = newTimeline;
        next.timelines.removeIf(entry -> entry.epoch() == epoch);
        next.timelines.add(new EpochTimeline(epoch, newTimeline));
        return next.done();
    }

    /** The same with a further rule beside the others, in a new generation. */
    public Protocol withRuleBeside(Rule rule) {
        Draft next = new Draft(this);
        next.ruleGeneration++;
        next.rules.add(rule);
        return next.done();
    }

    /** The same with the newest rule as the only one. */
    public Protocol withNewestRuleOnly() {
        return withRules(List.of(newestRule()));
    }

    /** The next epoch, led by the same or another instance. */
    public Protocol nextEpoch(String leader) {
        Draft next = led(leader, new EpochTimeline(epoch + 1, timeline));
        next.transition = Optional.empty();
        return next.done();
    }

    /** The same in a later epoch, without any change of the primary. */
    public Protocol takenUp(long newEpoch) {
        Draft next = led(primary, new EpochTimeline(newEpoch, timeline));
        next.transition = Optional.empty();
        return next.done();
    }

    /** The next epoch, in which nobody leads yet, because the primary is lost; what a person has said to it counts for no other. A switchover gives way to it. */
    public Protocol opened(Instant since, Optional<Consent> consent) {
        Draft next = new Draft(this);
        next.epoch++;
        next.transition = Optional.of(Transition.failover(
                next.epoch,
                transition.map(Transition::from).orElse(primary),
                transition.map(Transition::startedAt).orElse(since),
                consent));
        next.lastSwitchover = transition
                .filter(each -> each.planned().isPresent())
                .map(each -> each.givenUp(Planned.Reversal.OvertakenByFailover, since))
                .or(() -> lastSwitchover);
        return next.done();
    }

    /** The next epoch, in which the primary is being stopped for another to lead. */
    public Protocol opened(String target, Instant now, Planned planned) {
        Draft next = new Draft(this);
        next.epoch++;
        next.transition = Optional.of(Transition.switchover(next.epoch, primary, target, now, planned));
        return next.done();
    }

    /** The same with where the old primary has stopped. */
    public Protocol stopped(Lsn position, Instant now) {
        Draft next = new Draft(this);
        next.transition = transition.map(each -> each.verifying(position, now));
        return next.done();
    }

    /** The same with who is to be promoted, under which rule, to which timeline. */
    public Protocol elected(Instance elected, Rule rule, long reserved, Instant now) {
        String leader = elected.name();
        Instance.Database database = elected.database().orElseThrow();
        EpochTimeline written = new EpochTimeline(epoch, reserved, database.timeline(), database.replayed());
        Draft next = withRuleBeside(rule).led(leader, written);
        next.transition = transition.map(each -> each.promoting(leader, now));
        return next.done();
    }

    /** The same with an elected that somebody has promoted by hand, to another timeline than was reserved; that one is never used. */
    public Protocol promotedTo(long actual) {
        EpochTimeline reserved = timelines.get(timelines.size() - 1);
        return led(primary, new EpochTimeline(epoch, actual, reserved.parent(), reserved.fork()))
                .done();
    }

    /** The same after a change of the primary that ended with the recorded one leading, under the newest rule alone. */
    public Protocol ended(Instant now) {
        return new Draft(withNewestRuleOnly())
                .ended(transition.map(each -> each.ended(primary, now)))
                .done();
    }

    /** The opened epoch is led by the recorded primary after all. */
    public Protocol takenBack(Instant now) {
        return led(primary, new EpochTimeline(epoch, timeline))
                .ended(transition.map(each -> each.ended(primary, now)))
                .done();
    }

    /** The epoch that a switchover opened is led by the recorded primary after all. */
    public Protocol takenBack(Planned.Reversal why, Instant now) {
        return led(primary, new EpochTimeline(epoch, timeline))
                .ended(transition.map(each -> each.givenUp(why, now)))
                .done();
    }

    /** The same with rules whose primaries are not known to stop themselves. */
    Protocol withoutSelfFence() {
        return withRules(rules.stream().map(Rule::withoutSelfFence).toList());
    }

    /** The same without any change of the primary. */
    Protocol withoutTransitions() {
        return new Protocol(epoch, primary, systemIdentifier, timeline, ruleGeneration, rules, timelines);
    }

    /** The highest timeline that was ever used or reserved. */
    long highestTimeline() {
        return timelines.stream().mapToLong(EpochTimeline::timeline).max().orElse(timeline);
    }

    private Protocol withRules(List<Rule> all) {
        Draft next = new Draft(this);
        next.rules = all;
        return next.done();
    }

    /** An epoch's timeline comes on record with its leader. */
    private Draft led(String leader, EpochTimeline written) {
        Draft next = new Draft(this);
        next.epoch = written.epoch();
        next.primary = leader;
        next.timeline = written.timeline();
        next.timelines.add(written);
        return next;
    }

    /** What is to be the next record, and is like the present one but for what is changed. */
    private static final class Draft {
        private long epoch;
        private String primary;
        private String systemIdentifier;
        private long timeline;
        private long ruleGeneration;
        private List<Rule> rules;
        private final List<EpochTimeline> timelines;
        private Optional<Transition> transition;
        private Optional<Transition> lastTransition;
        private Optional<Transition> lastSwitchover;

        Draft(Protocol present) {
            epoch = present.epoch;
            primary = present.primary;
            systemIdentifier = present.systemIdentifier;
            timeline = present.timeline;
            ruleGeneration = present.ruleGeneration;
            rules = new ArrayList<>(present.rules);
            timelines = new ArrayList<>(present.timelines);
            transition = present.transition;
            lastTransition = present.lastTransition;
            lastSwitchover = present.lastSwitchover;
        }

        /** No change of the primary is under way any more, and this was the last one. */
        Draft ended(Optional<Transition> last) {
            transition = Optional.empty();
            lastTransition = last;
            lastSwitchover = last.filter(each -> each.planned().isPresent()).or(() -> lastSwitchover);
            return this;
        }

        Protocol done() {
            return new Protocol(
                    epoch,
                    primary,
                    systemIdentifier,
                    timeline,
                    ruleGeneration,
                    rules,
                    timelines,
                    transition,
                    lastTransition,
                    lastSwitchover);
        }
    }
}
