package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold after every step of anybody, whatever went wrong before. */
final class Invariants {

    private final World world;
    private Protocol before = Protocol.none();
    private int replicasBefore = -1;
    private final Map<String, Mark> marks = new HashMap<>();

    Invariants(World world) {
        this.world = world;
    }

    void check() {
        oneInitialisation();
        if (world.all().stream()
                .anyMatch(each ->
                        each.mark.filter(mark -> mark.isAfter(world.recorded)).isPresent())) {
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

    private void oneInitialisation() {
        assertThat(world.initialisations)
                .as("database clusters made\n%s", world)
                .isLessThanOrEqualTo(1);
    }

    private void nobodyStartsBeforeTheRecord() {
        for (Machine each : world.all()) {
            boolean other = !each.name.equals(world.recorded.primary());
            if (each.assignment.isPresent() && other) {
                assertThat(world.recorded.initialised())
                        .as("%s is told something, so the database cluster is on record\n%s", each, world)
                        .isTrue();
            }
        }
    }

    private void nothingGoesBack() {
        if (world.recorded.epoch() > 0) {
            assertThat(world.recorded.epoch()).as("epoch\n%s", world).isGreaterThanOrEqualTo(before.epoch());
            assertThat(world.recorded.ruleGeneration())
                    .as("generation\n%s", world)
                    .isGreaterThanOrEqualTo(before.ruleGeneration());
        }
        for (Machine each : world.all()) {
            each.mark.ifPresent(mark -> {
                Mark last = marks.put(each.name, mark);
                assertThat(last == null || mark.isAtLeast(last))
                        .as("mark of %s\n%s", each, world)
                        .isTrue();
            });
        }
    }

    private void rulesInForceAreRecorded() {
        List<String> recorded = world.recorded.rules().stream()
                .map(Rule::synchronousStandbyNames)
                .toList();
        for (Machine each : world.all()) {
            boolean wasFenced = each.leads() && each.data.epoch < world.recorded.epoch();
            if (!each.leads() || world.recorded.epoch() == 0 || wasFenced) {
                continue;
            }
            if (each.data.generation > 0) {
                assertThat(recorded).as("rule in force\n%s", world).contains(each.data.names);
            }
            each.senders.entrySet().stream()
                    .filter(sender -> sender.getValue().releasesUnder(sender.getKey()))
                    .map(sender -> sender.getValue().rule)
                    .forEach(rule -> assertThat(recorded)
                            .as("rule that a walsender still has\n%s", world)
                            .contains(rule.synchronousStandbyNames()));
        }
    }

    /** A failover fences every recorded rule; so it finds each acknowledged commit if one of these rules guards it. */
    private void whatWasAcknowledgedIsGuarded() {
        if (!world.acknowledged.isEmpty() && world.recorded.epoch() > 0) {
            assertThat(isGuarded(world.acknowledged.last()))
                    .as("commit %d is guarded\n%s", world.acknowledged.last(), world)
                    .isTrue();
        }
    }

    /** Whether some recorded rule guards a commit: so many hold it that no fence of this rule misses them all. */
    private boolean isGuarded(long commit) {
        return world.recorded.rules().stream()
                .anyMatch(rule -> rule.required() == 0
                        || rule.members().stream()
                                        .map(member -> world.machine(Names.instanceOf(member)))
                                        .filter(each -> each.data != null && each.data.wal.holds(commit))
                                        .count()
                                >= rule.required());
    }

    /** A volume was lost: what was only on it is not the decision's fault. */
    static void forgive(World world) {
        Invariants invariants = new Invariants(world);
        world.acknowledged.removeIf(commit -> !invariants.isGuarded(commit));
    }

    /** Once another was promoted, nobody of before acknowledges without asking. */
    private void oneAcknowledgesAlone() {
        world.promoted.ifPresent(leader -> world.all().stream()
                .filter(each -> each != leader && each.leads() && each.gateOpen)
                .filter(each -> each.data.rule != null && each.data.rule.required() == 0)
                .filter(each -> each.data.epoch < world.promotedIn && !world.mayBeLost(each))
                .forEach(each -> assertThat(each.name)
                        .as(
                                "acknowledges alone, but %s was promoted in epoch %d\n%s",
                                leader.name, world.promotedIn, world)
                        .isEmpty()));
    }

    private void nobodyThatCountsIsRemoved() {
        if (world.replicasAreStale
                || world.intent.hibernated()
                || world.replicas >= replicasBefore
                || world.recorded.epoch() == 0) {
            return;
        }
        assertThat(Names.ordinal(world.recorded.primary()))
                .as("the primary stays\n%s", world)
                .isLessThan(world.replicas);
        world.recorded.rules().stream()
                .flatMap(rule -> rule.members().stream())
                .map(Names::instanceOf)
                .forEach(name -> assertThat(Names.ordinal(name))
                        .as("%s counts, so it stays\n%s", name, world)
                        .isLessThan(world.replicas));
    }
}
