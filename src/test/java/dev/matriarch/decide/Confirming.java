package dev.matriarch.decide;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

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
        if (primary.waitsForNobody()) {
            return true;
        }
        for (Map.Entry<String, Machine.Sender> each : primary.senders.entrySet()) {
            Rule rule = each.getValue().rule;
            if (counts(each.getKey(), rule) && connected(rule, primary) >= rule.required()) {
                return true;
            }
        }
        return false;
    }

    /** How many are connected whom a rule counts. */
    private int connected(Rule rule, Machine primary) {
        int connected = 0;
        for (String each : primary.senders.keySet()) {
            connected += counts(each, rule) && isConnected(each, primary) ? 1 : 0;
        }
        return connected;
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
        if (one.required() != other.required() || one.required() == 0) {
            return one.required() == other.required();
        }
        for (String each : one.members()) {
            if (!counts(each, other)) {
                return false;
            }
        }
        return one.members().size() == other.members().size();
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
