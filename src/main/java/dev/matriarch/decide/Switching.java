package dev.matriarch.decide;

import dev.matriarch.decide.Planned.Reversal;
import dev.matriarch.decide.Transition.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A planned change of the primary, from its beginning to the election. From there on it is as in a failover ({@link Promotion}): the same barrier, promotion and
 * routing.
 *
 * <ol>
 *   <li>{@link SwitchoverStart}: while the primary serves its clients, everything that can be looked at beforehand is.
 *   <li>Demoting: a new epoch is opened on record, and the primary is told to stop: by SQL, which is quicker, and by its assignment, which is bounded: first fast,
 *       then immediate. SQL leaves the new epoch on its volume first, so from then on its supervisor starts it only as what is told in this epoch.
 *   <li>Verifying: its supervisor has said that it ended cleanly, and where: the last thing that it wrote is a checkpoint. So whoever has more than the
 *       beginning of that checkpoint has all that was ever written, acknowledged or not. Whoever is to lead is detached, so that what it has is final, and
 *       is elected if it has that.
 * </ol>
 *
 * <p>Why no fence by quorum is needed: the one that could acknowledge has stopped, and will not start but by a word of this epoch, which only the record
 * gives. What stood on record before, settled rules of one primary alone, is of this one. And as the elected has all, it is of no matter
 * who else has what.
 *
 * <p>The way back, until somebody is elected: the old primary leads in the epoch that was opened. Nobody else was told to, and nobody can have been: a
 * promotion is told only by the record. The standbys are pointed to it anew, as after a failover that was taken back. Should it be lost too, the ordinary
 * failover finds that, in the next epoch. So whatever goes wrong has one answer, and an operator that dies between any two steps leaves a record and instances that say how
 * far it came. Stopping twice does no harm. Whoever wakes up after a switchover that was given up, and stops the primary once more in this epoch, costs one start
 * ({@link #startAgain}); in a later one it is refused.
 *
 * <p>After the election there is only another epoch: should the elected be lost before it leads, that is a failover, and the old primary, told to wait for an
 * upstream, comes up as a standby that has everything.
 */
final class Switching {

    /** How long nobody may be elected, and nobody write, after the primary was told to stop: a deadline may be an hour away, so that there is time to prepare. */
    static final Duration NO_WRITES = Duration.ofSeconds(60);

    /** How long the old primary may take to stop: its supervisor makes the stop an immediate one after 30 s. */
    static final Duration STOP = Duration.ofSeconds(45);

    /** How long nothing may be heard, by one operator, of what became of an old primary at whose address nobody listens any more. */
    static final Duration UNHEARD = Duration.ofSeconds(10);

    /** How long after its deadline an elected that is not promoted yet may take: the old primary is started to confirm what it has. */
    static final Duration LATE = Duration.ofSeconds(15);

    /** How long an instance that was up may be silent before it counts as lost. */
    static final Duration SILENCE = Duration.ofSeconds(2);

    private Switching() {}

    /** Goes on with the one on record. */
    static List<Step> steps(Intent intent, Observation seen, Instant now, List<Waiting> waitings) {
        Transition transition = seen.protocol().transition().orElseThrow();
        waitings.add(new Waiting(
                Waiting.Reason.SwitchingOver,
                transition.to().orElseThrow() + " is taking over from " + transition.from() + " in epoch "
                        + transition.epoch() + "."));
        if (transition.phase() == Phase.Promoting) {
            return Promotion.steps(intent, seen, now, waitings);
        }
        Optional<Reversal> over = over(intent, transition, now);
        if (over.isPresent()) {
            return List.of(takenBack(over.get(), seen, now));
        }
        return transition.phase() == Phase.Demoting ? demoting(seen, now) : verifying(seen, now);
    }

    private static List<Step> demoting(Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Optional<Instance> from = seen.primary();
        if (from.isEmpty() || !from.get().hasLivePod()) {
            return List.of(takenBack(Reversal.PrimaryLost, seen, now));
        }
        Optional<Instance.Stopped> stopped = from.get().stopped(protocol);
        if (stopped.isPresent()) {
            boolean itsOwn = stopped.get().cleanly() && stopped.get().timeline() == protocol.timeline();
            if (!itsOwn) {
                return List.of(takenBack(Reversal.PrimaryDidNotStop, seen, now));
            }
            // It sent all it had before it ended, and waited until that was confirmed: nothing is on its way any more.
            // The others are detached later: one of them may hang, and is not needed.
            List<Step> steps = new ArrayList<>();
            seen.transitionTarget().flatMap(target -> Fence.step(target, seen)).ifPresent(steps::add);
            steps.add(stopped(stopped.get().checkpoint(), seen, now));
            return steps;
        }
        if (isLost(seen.transitionTarget(), seen, now)) {
            return List.of(takenBack(Reversal.TargetLost, seen, now));
        }
        if (isSilentForLong(from.get(), seen, now)) {
            return List.of(takenBack(Reversal.PrimaryLost, seen, now));
        }
        // An operator that has just taken over has not heard yet what was said before.
        boolean listened = seen.memory().transitionFor().compareTo(UNHEARD) > 0;
        boolean gone = from.get().contact() == Instance.Contact.REFUSED && isInPhaseFor(UNHEARD, seen, now);
        if (listened && (gone || isInPhaseFor(STOP, seen, now))) {
            return List.of(takenBack(Reversal.PrimaryDidNotStop, seen, now));
        }
        return stop(from.get(), protocol, isLongInPhase(seen, now));
    }

    /** Both ways: SQL is quicker, and its supervisor sees to it that it ends. Where SQL does not do it, that comes first. */
    private static List<Step> stop(Instance primary, Protocol protocol, boolean sqlFails) {
        List<Step> steps = new ArrayList<>();
        Instance.Pod pod = primary.pod().orElseThrow();
        Assignment stop = Assignment.stop(protocol);
        if (!pod.assignment().equals(Optional.of(stop))) {
            steps.add(new Step.Assign(primary.name(), pod.uid(), pod.assignment(), stop));
        }
        if (primary.leads()) {
            steps.add(sqlFails ? steps.size() : 0, new Step.Demote(primary.name(), protocol.epoch()));
        }
        return steps;
    }

    private static List<Step> verifying(Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Optional<Instance> target = seen.transitionTarget();
        if (isLedByHand(seen)) {
            return List.of(takenBack(Reversal.PrimaryDidNotStop, seen, now));
        }
        if (isLost(target, seen, now)) {
            return List.of(takenBack(Reversal.TargetLost, seen, now));
        }
        Optional<Instance> detached = target.filter(Fence.detached(seen)::contains);
        if (detached.isEmpty()) {
            return Fence.steps(seen);
        }
        Instance.Database its = detached.get().database().orElseThrow();
        Lsn last = protocol.transition()
                .flatMap(Transition::planned)
                .flatMap(Planned::stoppedAt)
                .orElseThrow();
        boolean hasAll = its.timeline() == protocol.timeline() && its.position().compareTo(last) > 0;
        return List.of(
                hasAll
                        ? Promotion.elected(detached.get(), Election.rule(detached.get(), seen), seen, now)
                        : takenBack(Reversal.TargetLacksWrites, seen, now));
    }

    /**
     * Whether the old primary of the switchover that is under way leads though it had stopped: by somebody's hand. The proof that it acknowledges nothing is gone with that, and
     * the others need not be detached yet; the fence of a further epoch proves it anew, and finds whoever has what was acknowledged meanwhile.
     */
    static boolean isLedByHand(Observation seen) {
        return seen.protocol()
                .transition()
                .filter(each -> each.planned().isPresent())
                .flatMap(each -> seen.instance(each.from()))
                .filter(Instance::leads)
                .isPresent();
    }

    /** Whether it was the primary of the switchover of this epoch, has stopped where the record says, and is to come back as a standby. */
    static boolean comesBack(Instance instance, Protocol protocol) {
        Optional<Lsn> stoppedAt = protocol.transition()
                .or(protocol::lastTransition)
                .filter(each -> each.epoch() == protocol.epoch() && each.from().equals(instance.name()))
                .filter(each -> !instance.name().equals(protocol.primary()))
                .flatMap(Transition::planned)
                .flatMap(Planned::stoppedAt);
        if (stoppedAt.isEmpty() || instance.database().isPresent()) {
            return false;
        }
        boolean hasStopped = instance.stopped(protocol)
                .filter(data -> data.cleanly() && data.checkpoint().equals(stoppedAt.get()))
                .isPresent();
        boolean starts =
                instance.pod().flatMap(Instance.Pod::assignment).equals(Optional.of(Assignment.await(protocol)))
                        && instance.report().filter(Instance.Report::isRefusal).isEmpty();
        return hasStopped || starts;
    }

    /** Until when a primary that is to lead again, after a switchover that was given up, is given time to start; empty: there is no such. */
    static Optional<Instant> startsAgainUntil(Observation seen, Duration patience) {
        Protocol protocol = seen.protocol();
        boolean canStart = seen.primary()
                .filter(each -> each.hasLivePod() && each.contact() != Instance.Contact.SILENT)
                .isPresent();
        return protocol.lastTransition()
                .filter(last -> canStart)
                .filter(last -> last.planned().flatMap(Planned::reversal).isPresent())
                .flatMap(Transition::endedAt)
                .map(end -> end.plus(patience));
    }

    /**
     * The old primary of one that was given up may end by a word of before: it was being stopped, or an operator that slept stopped it, even in a further epoch that it
     * leads by this, or after a failover that was taken back. Its supervisor takes that for the operator's will, and starts it again only by other words: those of a further epoch.
     */
    static Optional<Step> startAgain(Observation seen) {
        Protocol protocol = seen.protocol();
        return endedByAWordOfBefore(seen)
                .map(each -> new Step.Record(
                        protocol,
                        protocol.nextEpoch(each.name()),
                        each.name() + " was stopped by a word of the switchover that was given up, and leads again"));
    }

    /** The recorded primary, if that has become of it. */
    static Optional<Instance> endedByAWordOfBefore(Observation seen) {
        Protocol protocol = seen.protocol();
        boolean wasGivenUp = protocol.lastSwitchover()
                .flatMap(Transition::planned)
                .flatMap(Planned::reversal)
                .isPresent();
        return seen.primary()
                .filter(each ->
                        wasGivenUp && each.hasLivePod() && each.database().isEmpty())
                .filter(each ->
                        each.pod().flatMap(Instance.Pod::assignment).equals(Optional.of(Assignment.lead(protocol))))
                .filter(each -> each.report()
                        .filter(said -> said.endedUnasked() && said.epoch() == protocol.epoch())
                        .isPresent());
    }

    /** Whether the time for it is over, also for an elected. */
    static boolean isOverdue(Observation seen, Transition transition, Instant now) {
        return isLate(transition, now) && isInPhaseFor(LATE, seen, now);
    }

    /** Whether the time for it is over. */
    static boolean isLate(Transition transition, Instant now) {
        return transition
                .planned()
                .filter(each -> !now.isBefore(each.deadline()))
                .isPresent();
    }

    private static Optional<Reversal> over(Intent intent, Transition transition, Instant now) {
        Planned planned = transition.planned().orElseThrow();
        if (!planned.isOwn() && !intent.asksFor(planned.uid())) {
            return Optional.of(Reversal.Withdrawn);
        }
        return isLate(transition, now) ? Optional.of(Reversal.DeadlineExceeded) : Optional.empty();
    }

    /** Whether it is gone, or no standby of this database cluster any more; silence must last. */
    private static boolean isLost(Optional<Instance> target, Observation seen, Instant now) {
        if (target.isEmpty() || !target.get().hasLivePod()) {
            return true;
        }
        if (target.get().database().isPresent()) {
            return !target.get().follows(seen.protocol());
        }
        return target.get().contact() != Instance.Contact.SILENT || isSilentForLong(target.get(), seen, now);
    }

    /** One that says nothing once tells nothing: PostgreSQL breaks off what it has accepted when it ends, which is then what was wanted. */
    private static boolean isSilentForLong(Instance instance, Observation seen, Instant now) {
        Instant since = seen.memory().silentSince().get(instance.name());
        return instance.contact() == Instance.Contact.SILENT
                && since != null
                && since.plus(SILENCE).isBefore(now);
    }

    /** Whether the present phase takes longer than it does when all is well. */
    static boolean isLongInPhase(Observation seen, Instant now) {
        return isInPhaseFor(SILENCE, seen, now);
    }

    private static boolean isInPhaseFor(Duration time, Observation seen, Instant now) {
        List<Planned.Began> phases = seen.protocol()
                .transition()
                .flatMap(Transition::planned)
                .orElseThrow()
                .phases();
        return phases.get(phases.size() - 1).at().plus(time).isBefore(now);
    }

    private static Step stopped(Lsn position, Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        return new Step.Record(
                protocol, protocol.stopped(position, now), protocol.primary() + " has stopped at " + position);
    }

    private static Step takenBack(Reversal why, Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        return new Step.Record(
                protocol,
                protocol.takenBack(why, now),
                "the switchover to "
                        + protocol.transition().flatMap(Transition::to).orElseThrow() + " is given up, because "
                        + why.words() + "; " + protocol.primary() + " leads again");
    }
}
