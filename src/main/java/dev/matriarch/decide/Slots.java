package dev.matriarch.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Replication slots: one for each standby there is or is to be, none for others. A slot keeps the WAL that its standby still needs. */
final class Slots {

    private Slots() {}

    static List<Step> steps(Intent intent, Observation seen) {
        if (!seen.protocol().initialised() || seen.primaryDatabase().isEmpty()) {
            return List.of();
        }
        Instance.Database primary = seen.primaryDatabase().get();
        int most = Math.max(intent.instances(), seen.replicas());
        Set<String> wanted = IntStream.range(0, most)
                .mapToObj(ordinal -> Names.instance(intent.cluster(), ordinal))
                .filter(name -> !name.equals(seen.protocol().primary()))
                .map(Names::slot)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        Set<String> present = primary.slots().stream().map(Instance.Slot::name).collect(Collectors.toSet());
        List<Step> steps = new ArrayList<>();
        wanted.stream()
                .filter(slot -> !present.contains(slot))
                .forEach(slot -> steps.add(new Step.CreateSlot(seen.protocol().primary(), slot)));
        primary.slots().stream()
                .filter(slot -> isOurs(slot, intent))
                .filter(slot -> !slot.active() && !wanted.contains(slot.name()))
                .forEach(slot -> steps.add(new Step.DropSlot(seen.protocol().primary(), slot.name())));
        steps.addAll(ofStandbys(intent, seen));
        return steps;
    }

    /** A standby that once led would keep WAL for ever. */
    private static List<Step> ofStandbys(Intent intent, Observation seen) {
        List<Step> steps = new ArrayList<>();
        for (Instance each : seen.standbys()) {
            each.database().filter(Instance.Database::inRecovery).ifPresent(database -> database.slots().stream()
                    .filter(slot -> isOurs(slot, intent) && !slot.active())
                    .forEach(slot -> steps.add(new Step.DropSlot(each.name(), slot.name()))));
        }
        return steps;
    }

    /** Named after an instance of the cluster; whatever other slots there are belong to somebody else. */
    private static boolean isOurs(Instance.Slot slot, Intent intent) {
        String prefix = Names.slot(intent.cluster()) + "_";
        String ordinal = slot.name().startsWith(prefix) ? slot.name().substring(prefix.length()) : "";
        return !ordinal.isEmpty() && ordinal.chars().allMatch(each -> each >= '0' && each <= '9');
    }
}
