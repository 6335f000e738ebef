package dev.matriarch.decide;

import dev.matriarch.decide.Observation.Marker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The synchronous rule and its changes.
 *
 * <p>Invariant: every rule that PostgreSQL may be applying to some commit is recorded. A failover must fence all recorded rules, so a rule that is in force and not
 * recorded would lose writes. Therefore every change, wider or narrower, takes the same course:
 *
 * <ol>
 *   <li>the new rule is recorded beside the old one, in a new generation;
 *   <li>it is put in force, under a lock, if the primary has seen no later epoch or generation, and, where nobody is to be waited for, stops itself as the
 *       rule says ({@link SelfFence});
 *   <li>where nobody was waited for until now, backends skip the wait until the checkpointer has taken the reload: it is made to take it first;
 *   <li>behind the reload a WAL marker is written; walsenders reload one by one and nothing shows it, but one whose standby has flushed past the
 *       marker has taken the new rule. When every walsender that may count has passed, or is gone, no commit can any longer be acknowledged by the old rule;
 *   <li>then a second marker is written: what a walsender that had not reloaded acknowledged until then may lie behind the first one, but not behind this one. When
 *       enough of the new members have passed it, each commit that was acknowledged by the old rule is on enough of them;
 *   <li>only then the old rule leaves the record.
 * </ol>
 *
 * <p>An operator that dies between any two of them leaves more recorded than is in force, which is safe; the next one goes on. A marker that was
 * forgotten is written again.
 */
final class RuleChange {

    /** How long a member that no longer streams is kept, so that a short break changes nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How many rules are on record before a further change waits, unless the newest can only be left, not met. */
    private static final int RECORDED = 4;

    private RuleChange() {}

    static List<Step> steps(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Protocol protocol = seen.protocol();
        Optional<Instance.Database> primary = seen.primaryDatabase();
        if (!protocol.initialised() || primary.isEmpty()) {
            return List.of();
        }
        if (!primary.get().bootstrapped()) {
            waitings.add(new Waiting(Waiting.Reason.Initialising, "The bootstrap runs on " + protocol.primary() + "."));
            return List.of(new Step.Bootstrap(protocol.primary()));
        }
        Optional<Rule> wanted = wanted(intent, seen, now);
        Rule newest = protocol.newestRule();
        if (wanted.isPresent()
                && !wanted.get().equals(newest)
                && (protocol.rules().size() < RECORDED || !canBeMet(newest, seen))) {
            return List.of(new Step.Record(
                    protocol, protocol.withRuleBeside(wanted.get()), "commits are to wait for " + words(wanted.get())));
        }
        if (newest == null) {
            return List.of();
        }
        if (newest.required() == 0 && !primary.get().selfFence().equals(newest.selfFence())) {
            waitings.add(new Waiting(
                    Waiting.Reason.ChangingRule,
                    protocol.primary() + " is being told "
                            + (newest.selfFence().isZero()
                                    ? "that it need not stop itself."
                                    : "to stop itself after "
                                            + newest.selfFence().toSeconds() + " s without the operator.")));
            return List.of(); // by the heartbeat
        }
        if (!isSet(newest, primary.get(), protocol)) {
            return List.of(new Step.SetRule(protocol.primary(), protocol.epoch(), protocol.ruleGeneration(), newest));
        }
        if (protocol.rules().size() == 1) {
            if (newest.required() > 0 && !primary.get().selfFence().isZero()) { // told by the next heartbeat
                waitings.add(new Waiting(
                        Waiting.Reason.ChangingRule,
                        protocol.primary() + " is being told that it need not stop itself."));
            }
            return List.of();
        }
        waitings.add(new Waiting(
                Waiting.Reason.ChangingRule, "The standbys confirm that commits wait for " + words(newest) + "."));
        return settling(seen, protocol.withNewestRuleOnly(), "commits wait for " + words(newest));
    }

    /** Has the newest rule settle, then records what is so from then on. */
    static List<Step> settling(Observation seen, Protocol settled, String why) {
        Protocol protocol = seen.protocol();
        Rule newest = protocol.newestRule();
        Optional<Marker> marker = seen.memory().marker().filter(each -> each.generation() == protocol.ruleGeneration());
        if (marker.isEmpty()) {
            boolean afterNone =
                    newest.required() > 0 && protocol.rules().stream().anyMatch(rule -> rule.required() == 0);
            return List.of(new Step.Settle(protocol.primary(), protocol.ruleGeneration(), afterNone, false));
        }
        List<Instance.Walsender> walsenders =
                seen.primaryDatabase().orElseThrow().walsenders();
        Lsn position = marker.get().position();
        if (!marker.get().afterReload()) {
            return allReloaded(protocol, walsenders, position)
                    ? List.of(new Step.Settle(protocol.primary(), protocol.ruleGeneration(), false, true))
                    : List.of();
        }
        return isConfirmed(newest, walsenders, position) ? List.of(new Step.Record(protocol, settled, why)) : List.of();
    }

    /**
     * The rule that fits what streams now. Empty when too few stream for what is required: one that could not be met would only stop writes, so the present one
     * stays, whatever it is.
     */
    private static Optional<Rule> wanted(Intent intent, Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Duration selfFence = SelfFence.wanted(intent);
        if (intent.required() == 0 && selfFence.isZero()) {
            return Optional.of(Rule.none(protocol.primary()));
        }
        Rule newest = protocol.newestRule();
        List<String> members = new ArrayList<>();
        int streaming = 0;
        for (Instance each : candidates(intent, seen)) {
            String name = Names.standby(each.name(), protocol.epoch());
            boolean member = newest != null && newest.members().contains(name);
            if (seen.streams(each) && (member || mayJoin(each))) {
                streaming++;
                members.add(name);
            } else if (member && patient(each, seen, now)) {
                members.add(name);
            }
        }
        if (streaming < intent.required()) {
            return Optional.empty();
        }
        Rule fitting = new Rule(protocol.primary(), members, intent.required(), selfFence);
        boolean noneToSpare = streaming == intent.required() && streaming < intent.instances() - 1;
        boolean demandsMore = newest != null && newest.required() < intent.required() && newest.required() > 0;
        if (!demandsMore || !noneToSpare || !canBeMet(newest, seen)) {
            return Optional.of(fitting);
        }
        // While instances are added, commits go on as before until one of them can be missed.
        members.retainAll(newest.members());
        return Optional.of(new Rule(protocol.primary(), members, newest.required()));
    }

    /** The standbys that may be members: not those that are to be removed. */
    static List<Instance> candidates(Intent intent, Observation seen) {
        return seen.standbys().stream()
                .filter(each -> each.ordinal() < intent.instances())
                .toList();
    }

    /** A new member has said itself what it is: its primary's word alone was wrong about one that had diverged. */
    private static boolean mayJoin(Instance instance) {
        return instance.database().isPresent();
    }

    private static boolean canBeMet(Rule rule, Observation seen) {
        return rule == null || Starting.streamingMembers(rule, seen) >= confirmations(rule);
    }

    /** Whether a member's absence is still a short break: its data is not known to be lost, and it went away a short time ago. */
    private static boolean patient(Instance instance, Observation seen, Instant now) {
        Instant since = seen.memory().absentSince().get(instance.name());
        return !Assigning.needsCopy(instance, seen)
                && (since == null || since.plus(PATIENCE).isAfter(now));
    }

    /** Whether PostgreSQL has a rule in the epoch and the generation on record. */
    static boolean isSet(Rule rule, Instance.Database primary, Protocol protocol) {
        return primary.epoch() == protocol.epoch()
                && primary.generation() == protocol.ruleGeneration()
                && primary.synchronousStandbyNames().equals(rule.synchronousStandbyNames());
    }

    private static boolean allReloaded(Protocol protocol, List<Instance.Walsender> walsenders, Lsn marker) {
        return walsenders.stream()
                .filter(each -> protocol.rules().stream()
                        .anyMatch(rule -> rule.members().contains(each.standby())))
                .allMatch(each -> each.flushed().reaches(marker));
    }

    private static boolean isConfirmed(Rule newest, List<Instance.Walsender> walsenders, Lsn marker) {
        long confirmed = walsenders.stream()
                .filter(each -> newest.members().contains(each.standby()))
                .filter(each -> each.flushed().reaches(marker))
                .map(Instance.Walsender::standby)
                .distinct()
                .count();
        return confirmed >= confirmations(newest);
    }

    /**
     * How many members must have what was acknowledged before by other rules, when those leave the record. Where nobody is waited for, each member may be the one
     * that leads next.
     */
    private static int confirmations(Rule rule) {
        return rule.required() == 0 ? rule.members().size() : rule.required();
    }

    private static String words(Rule rule) {
        return rule.required() == 0 ? "no standby" : rule.required() + " of " + String.join(", ", rule.members());
    }
}
