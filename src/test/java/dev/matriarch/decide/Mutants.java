package dev.matriarch.decide;

import dev.matriarch.decide.Instance.Contact;
import dev.matriarch.decide.Observation.Marker;
import java.util.List;
import java.util.Optional;

/** What some of the mutants do to what is seen and recorded. The decision itself is always the operator's. */
final class Mutants {

    private Mutants() {}

    /** What is seen of an instance. */
    static Instance seen(Instance instance, Protocol recorded, World world) {
        return switch (world.mutant) {
            case FENCE_ONE_SHORT -> phantom(instance, recorded, world);
            case NO_BARRIER -> withWalsenders(instance, recorded);
            default -> instance;
        };
    }

    /** One standby that does not answer is taken for detached. */
    private static Instance phantom(Instance instance, Protocol recorded, World world) {
        boolean first = world.all().stream()
                .filter(each -> each.uid.isPresent() && !(each.up && each.answers))
                .filter(each -> !each.name.equals(recorded.primary()))
                .findFirst()
                .filter(each -> each.name.equals(instance.name()))
                .isPresent();
        if (!first || recorded.transition().isEmpty()) {
            return instance;
        }
        return instance.withContact(Contact.ANSWERED)
                .withDatabase(Optional.of(new Instance.Database(
                        true,
                        recorded.systemIdentifier(),
                        "17.5",
                        1,
                        Lsn.ZERO,
                        recorded.epoch(),
                        0,
                        "",
                        true,
                        true,
                        Lsn.ZERO,
                        List.of(),
                        List.of(),
                        false,
                        true,
                        Optional.empty(),
                        true,
                        "",
                        List.of())));
    }

    /** Everybody who may confirm what the elected has is taken to have confirmed it. */
    private static Instance withWalsenders(Instance instance, Protocol recorded) {
        if (recorded.transition().isEmpty()
                || !instance.name().equals(recorded.primary())
                || instance.database().isEmpty()
                || recorded.newestRule() == null) {
            return instance;
        }
        Instance.Database said = instance.database().get();
        return instance.withDatabase(Optional.of(new Instance.Database(
                said.inRecovery(),
                said.systemIdentifier(),
                said.version(),
                said.timeline(),
                said.position(),
                said.epoch(),
                said.generation(),
                said.synchronousStandbyNames(),
                said.gateOpen(),
                said.bootstrapped(),
                said.oldestWal(),
                recorded.newestRule().members().stream()
                        .map(member ->
                                new Instance.Walsender(member, "streaming", said.position(), said.position(), "quorum"))
                        .toList(),
                said.slots(),
                said.receiving(),
                said.streamed(),
                said.heard(),
                said.detached(),
                said.configuration(),
                said.pendingRestart())));
    }

    /** What is remembered of the marker. */
    static Optional<Marker> marker(Optional<Marker> marker, Protocol recorded, Mutant mutant) {
        return mutant == Mutant.NO_MARKER ? Optional.of(new Marker(recorded.ruleGeneration(), Lsn.ZERO, true)) : marker;
    }

    /** What is read when a heartbeat is to be given. */
    static Protocol recordedForHeartbeat(World world) {
        return world.mutant == Mutant.HEARTBEAT_UNASKED ? world.recorded.withoutTransitions() : world.recorded;
    }

    /** What is recorded instead. */
    static Protocol record(Protocol next, Mutant mutant) {
        boolean elects = next.phase().equals(Optional.of(Transition.Phase.Promoting));
        return mutant == Mutant.OLD_RULE_DROPPED_EARLY && elects ? next.withNewestRuleOnly() : next;
    }

    /** A rule that is to be recorded is put in force, and recorded another time. */
    static boolean putsInForceFirst(Step.Record step, World world) {
        boolean rule = step.next().ruleGeneration() == step.seen().ruleGeneration() + 1
                && step.next().transition().isEmpty();
        if (world.mutant != Mutant.RECORDED_LATE || !rule) {
            return false;
        }
        Machine primary = world.machine(step.next().primary());
        if (!primary.leads() || primary.data.generation >= step.next().ruleGeneration()) {
            return false;
        }
        primary.data.rule = step.next().newestRule();
        primary.data.names = step.next().newestRule().synchronousStandbyNames();
        primary.data.generation = step.next().ruleGeneration();
        return true;
    }
}
