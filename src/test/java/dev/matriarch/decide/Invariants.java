package dev.matriarch.decide;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What must hold after every step of anybody, whatever went wrong before. It is asked after each of millions of steps, so in loops, which cost
 * less than streams.
 */
final class Invariants {

    private final World world;
    private Protocol before = Protocol.none();
    private int replicasBefore = -1;
    private final Map<String, Mark> marks = new HashMap<>();

    Invariants(World world) {
        this.world = world;
    }

    /** PostgreSQL ends by it otherwise, and does not start again as it is. */
    void canBePromoted(Machine machine) {
        world.mustBe(
                machine.begunTimeline == 0,
                () -> machine.name + " is promoted with the beginning of timeline " + machine.begunTimeline);
    }

    /** What was recorded is gone, and with it epochs that were opened and led by nobody. */
    void deleted() {
        before = Protocol.none();
    }

    void check() {
        oneInitialisation();
        onePrimaryCanAcknowledge();
        if (anyMarkIsAfterTheRecord()) {
            if (world.intent.hibernated()) {
                replicasBefore = world.replicas; // wanted, though it may not be wanted any more when it is noticed
            }
            return; // the record was taken away, and nobody has noticed yet
        }
        nobodyStartsBeforeTheRecord();
        nothingGoesBack();
        rulesInForceAreRecorded();
        whatWasAcknowledgedIsGuarded();
        nobodyThatCountsIsRemoved();
        oneAcknowledgesAlone();
        before = world.recorded;
        replicasBefore = world.replicas;
    }

    private boolean anyMarkIsAfterTheRecord() {
        for (Machine each : world.all()) {
            if (each.mark.isPresent() && each.mark.get().isAfter(world.recorded)) {
                return true;
            }
        }
        return false;
    }

    private void oneInitialisation() {
        world.mustBe(world.initialisations <= 1, () -> world.initialisations + " database clusters were made");
    }

    private void onePrimaryCanAcknowledge() {
        Machine one = null;
        for (Machine each : world.all()) {
            if (world.confirming.canAcknowledge(each) && !world.mayBeLost(each)) {
                Machine other = one;
                world.mustBe(other == null, () -> other.name + " and " + each.name + " can acknowledge commits");
                one = each;
            }
        }
    }

    private void nobodyStartsBeforeTheRecord() {
        for (Machine each : world.all()) {
            boolean other = !each.name.equals(world.recorded.primary());
            world.mustBe(
                    each.assignment.isEmpty() || !other || world.recorded.initialised(),
                    () -> each.name + " is told something before the database cluster is on record");
        }
    }

    private void nothingGoesBack() {
        if (world.recorded.epoch() > 0) {
            world.mustBe(
                    world.recorded.epoch() >= before.epoch(),
                    () -> "the epoch on record goes back from " + before.epoch());
            world.mustBe(
                    world.recorded.epoch() > before.epoch()
                            || world.recorded.ruleGeneration() >= before.ruleGeneration(),
                    () -> "the generation on record goes back from " + before.ruleGeneration());
        }
        for (Machine each : world.all()) {
            Mark last = each.mark.isPresent() ? marks.put(each.name, each.mark.get()) : marks.remove(each.name);
            world.mustBe(
                    last == null || each.mark.isEmpty() || each.mark.get().isAtLeast(last),
                    () -> "the mark of " + each.name + " goes back");
        }
    }

    private void rulesInForceAreRecorded() {
        for (Machine each : world.all()) {
            boolean wasFenced = each.leads() && each.data.epoch < world.recorded.epoch();
            if (!each.leads() || world.recorded.epoch() == 0 || wasFenced) {
                continue;
            }
            if (each.data.generation > 0 && each.data.rule != Machine.Data.NOBODY) {
                isRecorded(each.data.rule, each, () -> "has");
            }
            each.senders.forEach((standby, sender) -> {
                if (world.confirming.counts(standby, sender.rule)) {
                    isRecorded(sender.rule, each, () -> "by the walsender of " + standby + " has");
                }
            });
        }
    }

    private void isRecorded(Rule rule, Machine primary, Supplier<String> how) {
        for (Rule each : world.recorded.rules()) {
            if (world.confirming.areAlike(each, rule)) {
                return;
            }
        }
        world.mustBe(
                false,
                () -> primary.name + " " + how.get() + " a rule in force that is not on record: " + ShortForm.of(rule));
    }

    /** A failover fences every recorded rule; so it finds each acknowledged commit if one of these rules guards it. */
    private void whatWasAcknowledgedIsGuarded() {
        if (!world.acknowledged.isEmpty() && world.recorded.epoch() > 0) {
            long last = world.acknowledged.last();
            world.mustBe(
                    isGuarded(last) || world.mayBeLost(last),
                    () -> "commit " + last + " is acknowledged, and no rule on record guards it");
        }
    }

    /**
     * Whether some recorded rule guards a commit: no fence of this rule, by its members or by its primary, misses all that hold it. Who has no data cannot be
     * detached.
     */
    private boolean isGuarded(long commit) {
        for (Rule each : world.recorded.rules()) {
            if (each.required() == 0 || guards(each, commit)) {
                return true;
            }
        }
        return false;
    }

    private boolean guards(Rule rule, long commit) {
        int lacking = 0;
        for (String each : rule.members()) {
            lacking += lacks(Names.instanceOf(each), commit) ? 1 : 0;
        }
        return !lacks(rule.primary(), commit) && lacking <= rule.members().size() - rule.required();
    }

    private boolean lacks(String name, long commit) {
        Machine machine = world.machine(name);
        return machine.data != null && !machine.data.wal.holds(commit);
    }

    /** A volume was lost: what was only on it is not the decision's fault. */
    static void forgive(World world) {
        Invariants invariants = new Invariants(world);
        world.acknowledged.removeIf(commit -> !invariants.isGuarded(commit));
    }

    /** Once another was promoted, nobody of before acknowledges without asking. */
    private void oneAcknowledgesAlone() {
        if (world.promoted.isEmpty()) {
            return;
        }
        Machine leader = world.promoted.get();
        for (Machine each : world.all()) {
            boolean alone = each != leader
                    && each.leads()
                    && each.gateOpen
                    && each.data.rule != null
                    && each.data.rule.required() == 0
                    && each.data.epoch < world.promotedIn
                    && !world.mayBeLost(each);
            world.mustBe(
                    !alone,
                    () -> each.name + " acknowledges alone, but " + leader.name + " was promoted in epoch "
                            + world.promotedIn);
        }
    }

    private void nobodyThatCountsIsRemoved() {
        if (world.replicasAreStale
                || world.intent.hibernated()
                || world.replicas >= replicasBefore
                || world.recorded.epoch() == 0) {
            return;
        }
        stays(world.recorded.primary(), "leads");
        world.recorded.rules().stream()
                .flatMap(rule -> rule.members().stream())
                .map(Names::instanceOf)
                .forEach(name -> stays(name, "counts"));
    }

    private void stays(String name, String why) {
        world.mustBe(Names.ordinal(name) < world.replicas, () -> name + " is removed, but it " + why);
    }

    /** Whoever leads has all that was acknowledged. */
    void nothingIsLost(Machine primary) {
        Collection<Long> lost = new TreeSet<>(world.acknowledged);
        lost.removeAll(primary.data.wal.writes());
        world.mustBe(lost.isEmpty(), () -> primary.name + " leads and does not have the acknowledged commits " + lost);
    }
}
