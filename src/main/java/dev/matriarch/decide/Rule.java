package dev.matriarch.decide;

import java.util.List;

/**
 * A synchronous rule: {@code required} of {@code members} confirm each commit of {@code primary}.
 *
 * @param primary the instance whose commits it is about
 * @param members names of standbys with their epoch, sorted, see {@link Names#standby}
 * @param required how many of them must confirm; 0 with no members: nobody is waited for
 */
public record Rule(String primary, List<String> members, int required) {

    public Rule {
        members = members.stream().sorted().toList();
        if (required < 0 || required > members.size()) {
            throw new IllegalArgumentException(required + " of " + members + " cannot be required");
        }
    }

    /** The rule of a primary that waits for nobody. */
    public static Rule none(String primary) {
        return new Rule(primary, List.of(), 0);
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
        return members.stream().anyMatch(member -> Names.instanceOf(member).equals(instance));
    }
}
