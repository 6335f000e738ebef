package dev.matriarch.decide;

import dev.matriarch.decide.SwitchoverAnswer.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What must be so before a primary is stopped for another to lead: it leads under one settled rule, the other streams and is not further behind than was allowed,
 * and a checkpoint was written a moment ago, so that the one of its stop is short. All of it is looked at while clients are served, and changes nothing.
 */
final class SwitchoverStart {

    /** How long the operator tries, when the switchover is its own, and how long it rests after one that was given up. */
    private static final Duration OWN = Duration.ofSeconds(60);

    private static final Duration REST = Duration.ofSeconds(30);

    /** How long a checkpoint counts. Each further one for the same switchover counts for twice as long as the one before, so no primary is made to write them for ever. */
    static final Duration FRESH = Duration.ofSeconds(5);

    /** The most often that this is doubled. */
    private static final int DOUBLED = 10;

    /** {@code maxLag} of the operator's own switchovers: one segment of WAL. */
    private static final long OWN_LAG = 16L << 20;

    private final Intent intent;
    private final Observation seen;
    private final Instant now;
    private final List<Step> steps = new ArrayList<>();
    private Optional<SwitchoverAnswer> answer = Optional.empty();

    private SwitchoverStart(Intent intent, Observation seen, Instant now) {
        this.intent = intent;
        this.seen = seen;
        this.now = now;
    }

    /** What is to be done, and what is said to who asked. */
    record Start(List<Step> steps, Optional<SwitchoverAnswer> answer) {}

    /**
     * Looks at it.
     *
     * @param settled whether nothing else is to be recorded now
     */
    static Start of(Intent intent, Observation seen, Instant now, boolean settled) {
        SwitchoverStart start = new SwitchoverStart(intent, seen, now);
        wish(intent, seen, now).ifPresent(wish -> start.consider(wish, settled));
        return new Start(start.steps, start.answer);
    }

    /** What is said while a failover comes first. */
    static Optional<SwitchoverAnswer> failoverFirst(Intent intent, Observation seen) {
        return intent.nextSwitchover()
                .map(wish -> new SwitchoverAnswer(wish.uid(), Reason.FailingOver, failoverFirst(seen.protocol())));
    }

    private static String failoverFirst(Protocol protocol) {
        return protocol.primary() + " is lost or being replaced. The switchover waits for that.";
    }

    private static Optional<SwitchoverWish> wish(Intent intent, Observation seen, Instant now) {
        Protocol protocol = seen.protocol();
        Optional<SwitchoverWish> asked =
                intent.nextSwitchover().filter(wish -> !hasBeen(wish, protocol)); // who asked has not heard yet
        if (asked.isPresent()) {
            return asked;
        }
        boolean isRemoved = !intent.hibernated()
                && protocol.initialised()
                && Names.ordinal(protocol.primary()) >= intent.instances();
        boolean rests = protocol.lastSwitchover()
                .filter(last -> last.planned()
                        .filter(each -> each.isOwn() && each.reversal().isPresent())
                        .isPresent())
                .flatMap(Transition::endedAt)
                .filter(end -> end.plus(REST).isAfter(now))
                .isPresent();
        return isRemoved && !rests
                ? Optional.of(new SwitchoverWish("", "", Optional.empty(), OWN_LAG, now.plus(OWN)))
                : Optional.empty();
    }

    private static boolean hasBeen(SwitchoverWish wish, Protocol protocol) {
        return protocol.lastSwitchover()
                .flatMap(Transition::planned)
                .filter(last -> last.uid().equals(wish.uid()))
                .isPresent();
    }

    private void consider(SwitchoverWish wish, boolean settled) {
        Protocol protocol = seen.protocol();
        if (intent.hibernated()) {
            say(wish, Reason.ClusterHibernated, "spec.hibernated is true: all instances are stopped.");
            return;
        }
        Optional<Instance.Database> primary = seen.primaryDatabase();
        if (Detection.lostSince(seen, now).isPresent()) {
            say(wish, Reason.FailingOver, failoverFirst(protocol));
            return;
        }
        if (!protocol.initialised() || primary.isEmpty() || !primary.get().gateOpen()) {
            boolean isSilent = protocol.initialised() && primary.isEmpty();
            say(
                    wish,
                    Reason.ClusterNotReady,
                    isSilent ? protocol.primary() + " does not answer." : "The primary does not accept clients yet.");
            return;
        }
        Optional<Instance> target = target(wish);
        if (target.isEmpty() || isTooFarBehind(target.get(), wish)) {
            return;
        }
        Rule rule = protocol.newestRule();
        if (!settled
                || protocol.rules().size() != 1
                || !rule.primary().equals(protocol.primary())
                || !RuleChange.isSet(rule, primary.get(), protocol)) {
            say(wish, Reason.ChangingRule, "The synchronous rule is being changed.");
        } else if (!isCheckpointed(wish)) {
            say(wish, Reason.Checkpointing, protocol.primary() + " writes a checkpoint.");
            if (now.isBefore(wish.deadline())) {
                steps.add(new Step.Checkpoint(protocol.primary(), key(wish)));
            }
        } else if (!now.isBefore(wish.deadline())) {
            answer = Optional.empty(); // who asked knows the time, too
        } else {
            steps.add(new Step.Record(
                    protocol,
                    protocol.opened(target.get().name(), now, Planned.of(wish, now)),
                    target.get().name() + " is to take over from " + protocol.primary()));
        }
    }

    /**
     * Whether a checkpoint was written so short a time ago that the one of the stop is short. What one that took long leaves to the next is much, too: it is followed by one
     * more, and only one, as a primary under much load may take as long for each.
     */
    private boolean isCheckpointed(SwitchoverWish wish) {
        return seen.memory()
                .checkpoint()
                .filter(last -> last.of().equals(key(wish)))
                .filter(last -> last.number() > 1 || last.took().compareTo(FRESH) <= 0)
                .filter(last -> last.endedAt()
                        .plus(FRESH.multipliedBy(1L << Math.min(last.number() - 1, DOUBLED)))
                        .isAfter(now))
                .isPresent();
    }

    /** A checkpoint counts for one request in one epoch. */
    private String key(SwitchoverWish wish) {
        return wish.uid() + "/" + seen.protocol().epoch();
    }

    private Optional<Instance> target(SwitchoverWish wish) {
        if (wish.target().isPresent()) {
            return named(wish, wish.target().get());
        }
        if (intent.instances() == 1 && !wish.request().isEmpty()) {
            say(wish, Reason.NoStandby, "The cluster has one instance: there is no other that could lead.");
            return Optional.empty();
        }
        Optional<Instance> best = RuleChange.candidates(intent, seen).stream()
                .filter(each -> streams(each) && !intent.avoided().contains(each.name()))
                .max(Comparator.<Instance, Lsn>comparing(
                                each -> seen.walsender(each).orElseThrow().replayed())
                        .thenComparing(
                                Comparator.comparingInt(Instance::ordinal).reversed()));
        if (best.isEmpty()) {
            say(
                    wish,
                    Reason.TargetNotStreaming,
                    "No standby streams that is on a node where it can stay"
                            + (intent.avoided().isEmpty()
                                    ? "."
                                    : "; avoided: "
                                            + intent.avoided().stream().sorted().collect(Collectors.joining(", "))
                                            + "."));
        }
        return best;
    }

    private Optional<Instance> named(SwitchoverWish wish, String name) {
        String names = intent.instances() == 1
                ? Names.instance(intent.cluster(), 0)
                : Names.instance(intent.cluster(), 0) + " to "
                        + Names.instance(intent.cluster(), intent.instances() - 1);
        if (name.equals(seen.protocol().primary())) {
            say(wish, Reason.TargetIsPrimary, "spec.target: " + name + " is the primary already.");
            return Optional.empty();
        }
        if (!isInstance(name)) {
            say(
                    wish,
                    Reason.UnknownTarget,
                    "spec.target: " + name + " is no instance of " + intent.cluster() + ", whose instances are " + names
                            + ".");
            return Optional.empty();
        }
        Optional<Instance> target = seen.instance(name).filter(this::streams);
        if (target.isEmpty()) {
            say(wish, Reason.TargetNotStreaming, name + " does not stream.");
        }
        return target;
    }

    private boolean isInstance(String name) {
        for (int ordinal = 0; ordinal < intent.instances(); ordinal++) {
            if (name.equals(Names.instance(intent.cluster(), ordinal))) {
                return true;
            }
        }
        return false;
    }

    private boolean streams(Instance standby) {
        return standby.hasLivePod() && standby.database().isPresent() && seen.streams(standby);
    }

    private boolean isTooFarBehind(Instance target, SwitchoverWish wish) {
        Instance.Walsender sender = seen.walsender(target).orElseThrow();
        Lsn has = sender.replayed().compareTo(sender.flushed()) < 0 ? sender.replayed() : sender.flushed();
        long behind = seen.primaryDatabase().orElseThrow().position().bytesAfter(has);
        if (behind <= wish.maxLag()) {
            return false;
        }
        say(
                wish,
                Reason.TargetTooFarBehind,
                target.name() + " is " + behind + " bytes behind, and spec.maxLag allows " + wish.maxLag() + ".");
        return true;
    }

    private void say(SwitchoverWish wish, Reason reason, String message) {
        if (!wish.request().isEmpty()) {
            answer = Optional.of(new SwitchoverAnswer(wish.uid(), reason, message));
        }
    }
}
