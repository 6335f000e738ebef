package dev.matriarch.decide;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Whose confirmations a primary's walsenders count, by the rules that they have loaded. */
final class Confirming {

    private final World world;

    Confirming(World world) {
        this.world = world;
    }

    /** Whether commits on a machine can be acknowledged with those who are connected to it now. */
    boolean canAcknowledge(Machine primary) {
        if (!primary.leads() || !primary.gateOpen) {
            return false;
        }
        return primary.waitsForNobody()
                || primary.senders.entrySet().stream()
                        .filter(each -> counts(each.getKey(), each.getValue().rule))
                        .map(each -> each.getValue().rule)
                        .anyMatch(rule -> primary.senders.keySet().stream()
                                        .filter(standby -> counts(standby, rule) && isConnected(standby, primary))
                                        .count()
                                >= rule.required());
    }

    private boolean isConnected(String name, Machine primary) {
        Machine standby = world.machine(Names.instanceOf(name));
        return standby.up
                && standby.receiving
                && standby.source.equals(primary.name)
                && standby.connectedAs.equals(name)
                && standby.isLinkedTo(primary);
    }

    /** Whether a rule names a standby. The walsender of one that it does not name never tells waiting commits that they are safe. */
    boolean counts(String standby, Rule rule) {
        if (rule == null || rule.required() == 0) {
            return false;
        }
        return world.mutant == Mutant.NO_EPOCH_IN_NAMES
                ? rule.hasMember(Names.instanceOf(standby))
                : rule.members().contains(standby);
    }

    /** Whether two rules wait for the same. */
    boolean areAlike(Rule one, Rule other) {
        return one.required() == other.required()
                && (one.required() == 0
                        || one.members().size() == other.members().size()
                                && one.members().stream().allMatch(member -> counts(member, other)));
    }

    /** Up to where as many as a rule requires have confirmed what its primary has. */
    long position(Machine primary, Rule rule) {
        List<Long> flushed = new ArrayList<>();
        primary.senders.forEach((name, sender) -> {
            if (counts(name, rule) && !sender.ended) {
                flushed.add(sender.flushed);
            }
        });
        flushed.sort(Comparator.reverseOrder());
        return flushed.size() < rule.required() ? 0 : flushed.get(rule.required() - 1);
    }
}
