package dev.matriarch.decide;

import java.time.Duration;
import java.util.List;

/**
 * A synchronous rule: {@code required} of {@code members} confirm each commit of {@code primary}.
 *
 * @param primary the instance whose commits it is about
 * @param members names of standbys with their epoch, sorted, see {@link Names#standby}
 * @param required how many of them must confirm; 0: nobody is waited for, and the members are those that stream
 * @param selfFence with 0 required: how long the primary goes on without the operator's heartbeat before it stops itself, see {@link SelfFence}; zero: for ever
 */
public record Rule(String primary, List<String> members, int required, Duration selfFence) {

    /** The value of {@code synchronous_standby_names} on every standby that is not about to be promoted by the operator: should anybody else promote it, its commits wait for somebody that nobody is. */
    public static final String OF_STANDBYS = "ANY 1 (\"promoted-by-hand\")";

    public Rule {
        members = members.stream().sorted().toList();
        if (required < 0 || required > members.size()) {
            throw new IllegalArgumentException(required + " of " + members + " cannot be required");
        }
        if (selfFence.isNegative() || required > 0 && !selfFence.isZero()) {
            throw new IllegalArgumentException(
                    "no primary stops itself after " + selfFence + " where standbys confirm");
        }
    }

    /** One whose primary does not stop itself. */
    public Rule(String primary, List<String> members, int required) {
        this(primary, members, required, Duration.ZERO);
    }

    /** The rule of a primary that waits for nobody and does not stop itself. */
    public static Rule none(String primary) {
        return new Rule(primary, List.of(), 0);
    }

    /** The same of a primary that does not stop itself. */
    Rule withoutSelfFence() {
        return new Rule(primary, members, required);
    }

    /** The value of {@code synchronous_standby_names}; every name is quoted. */
    public String synchronousStandbyNames() {
        if (required == 0) {
            return "";
        }
        return "ANY " + required + " (\"" + String.join("\",\"", members) + "\")";
    }

    /** Whether an instance is a member, in whatever epoch. */
    public boolean hasMember(String instance) {
        for (String each : members) {
            if (Names.instanceOf(each).equals(instance)) {
                return true;
            }
        }
        return false;
    }
}
