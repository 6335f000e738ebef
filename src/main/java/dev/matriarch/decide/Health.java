package dev.matriarch.decide;

/** What an observation says of a cluster's health, for people and conditions. */
public final class Health {

    private Health() {}

    /** Whether writes are accepted: the primary admits clients under a rule that is on record, and enough members of the newest stream. */
    public static boolean acceptsWrites(Observation seen) {
        Rule newest = seen.protocol().newestRule();
        return newest != null
                && seen.protocol().initialised()
                && Starting.isUp(seen.protocol().primary(), seen)
                && ruleIsOnRecord(seen)
                && Starting.streamingMembers(newest, seen) >= newest.required();
    }

    private static boolean ruleIsOnRecord(Observation seen) {
        String inForce = seen.primaryDatabase().get().synchronousStandbyNames();
        return seen.protocol().rules().stream()
                .anyMatch(rule -> rule.synchronousStandbyNames().equals(inForce));
    }

    /** Whether an instance does what it is there for: the primary accepts clients, a standby streams. */
    public static boolean isUp(Instance instance, Observation seen) {
        return Starting.isUp(instance.name(), seen);
    }
}
