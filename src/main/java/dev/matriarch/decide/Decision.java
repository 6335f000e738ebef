package dev.matriarch.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides what is to be done now.
 *
 * <p>The order of the parts is the order of the argument. First the record: until it says who leads and which database cluster this is, nothing
 * else happens. Then the data: marks, slots, assignments, so that there is something to lead and to follow. Then the rule, which needs standbys
 * that stream. A step that records ends the plan, because whatever follows must be decided on what was recorded; an operator that dies
 * between any two steps leaves a state from which this same function goes on.
 */
public final class Decision {

    private Decision() {}

    /**
     * The decision.
     *
     * @param intent what is wanted
     * @param seen what was seen
     * @param now the time by the operator's clock
     */
    public static Plan decide(Intent intent, Observation seen, Instant now) {
        List<Step> steps = new ArrayList<>();
        List<Waiting> waitings = new ArrayList<>(Troubles.of(seen));
        if (seen.protocol().transition().isPresent()) {
            boolean planned = seen.protocol().transition().get().kind() == Transition.Kind.Switchover;
            steps.addAll(
                    planned
                            ? Switching.steps(intent, seen, now, waitings)
                            : Failover.steps(intent, seen, now, waitings));
            steps.addAll(afterPromotion(intent, seen, now, waitings));
            return new Plan(
                    Sizing.whileThePrimaryChanges(intent, seen),
                    Routing.route(intent, seen, steps),
                    ordered(steps, seen),
                    waitings,
                    planned ? Optional.empty() : SwitchoverStart.failoverFirst(intent, seen));
        }
        Optional<String> route = Routing.route(intent, seen, List.of());
        Optional<Protocol> earlier = Founding.earlier(seen);
        if (earlier.isPresent()) {
            int replicas = Sizing.replicas(intent, earlier.get(), seen, waitings);
            Founding.takeUp(intent, earlier.get(), replicas, seen, now, waitings)
                    .ifPresent(steps::add);
            return new Plan(replicas, route, steps, waitings);
        }
        Optional<Step.Record> founding = Founding.record(intent, seen, waitings);
        Protocol record = founding.map(Step.Record::next).orElse(seen.protocol());
        int replicas = Sizing.replicas(intent, record, seen, waitings);
        if (founding.isPresent()) {
            steps.add(founding.get());
            return new Plan(replicas, route, steps, waitings);
        }
        Optional<Step> again = Switching.startAgain(seen);
        if (again.isPresent()) {
            steps.add(again.get());
            return new Plan(replicas, route, steps, waitings);
        }
        Optional<Step> opening = Failover.opening(intent, seen, now, waitings);
        if (opening.isPresent()) {
            steps.add(opening.get());
            return new Plan(replicas, route, steps, waitings, SwitchoverStart.failoverFirst(intent, seen));
        }
        Optional<Step> elsewhere = Promotion.leadsElsewhere(seen);
        if (elsewhere.isPresent()) {
            steps.add(elsewhere.get());
            return new Plan(replicas, route, steps, waitings);
        }
        steps.addAll(Marks.writes(seen));
        steps.addAll(Slots.steps(intent, seen));
        steps.addAll(Assigning.steps(intent, seen, now, waitings));
        steps.addAll(Routing.labels(seen, now));
        Replacing.step(seen).ifPresent(steps::add);
        if (!intent.hibernated()) {
            steps.addAll(RuleChange.steps(intent, seen, now, waitings));
            Starting.waitings(intent, seen, waitings);
        }
        boolean settled = steps.stream().noneMatch(Step.Record.class::isInstance);
        SwitchoverStart.Start switchover = SwitchoverStart.of(intent, seen, now, settled);
        steps.addAll(switchover.steps());
        return new Plan(replicas, route, ordered(steps, seen), waitings, switchover.answer());
    }

    /** Once the elected leads: who is told what, in case one of them is restarted, and which label it has. */
    private static List<Step> afterPromotion(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        List<Step> steps = new ArrayList<>();
        if (seen.protocol().phase().equals(Optional.of(Transition.Phase.Promoting))
                && seen.primaryDatabase().isPresent()
                && !seen.primary().get().isStalled()) { // what hangs would keep from its replacement
            steps.addAll(Routing.labels(seen, now));
            steps.addAll(Marks.writes(seen));
            steps.addAll(Slots.steps(intent, seen));
            steps.addAll(Assigning.steps(intent, seen, now, waitings));
        }
        return steps;
    }

    /**
     * What records is the last, because whatever follows must be decided on what was recorded. Standbys are pointed to the primary, or detached for that, and former primaries stopped, after all else, and in
     * another round than something is recorded: where one hangs, because its disk does, the plan ends there every time, and neither a transition nor a rule would ever settle.
     * The mark of an elected is written while they connect to it; where one hangs, once enough have confirmed ({@link Promotion}).
     */
    private static List<Step> ordered(List<Step> steps, Observation seen) {
        if (steps.size() < 2) {
            return steps;
        }
        boolean isElected = seen.protocol()
                .phase()
                .filter(each -> each != Transition.Phase.Promoting)
                .isEmpty();
        Predicate<Step> isPointing = step ->
                step instanceof Step.Follow || step instanceof Step.Stop || isElected && step instanceof Step.Detach;
        Predicate<Step> isMarkOfElected = step -> step instanceof Step.WriteMark
                && isElected
                && seen.primaryDatabase().isEmpty();
        List<Step> ordered = new ArrayList<>(steps.stream()
                .filter(step -> !(step instanceof Step.Record) && !isPointing.test(step) && !isMarkOfElected.test(step))
                .toList());
        boolean records = steps.stream().anyMatch(Step.Record.class::isInstance);
        steps.stream()
                .filter(records ? Step.Record.class::isInstance : isPointing)
                .forEach(ordered::add);
        steps.stream().filter(isMarkOfElected).forEach(ordered::add);
        return ordered.stream().distinct().toList();
    }
}
