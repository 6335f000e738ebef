package dev.matriarch.decide;

/** What an observation says of a cluster's health, for people and conditions. */
public final class Health {

    private Health() {}

    /** Whether writes are accepted: the primary admits clients under the newest rule, and enough members of it stream. */
    public static boolean acceptsWrites(Observation seen) {
        Rule newest = seen.protocol().newestRule();
        return newest != null
                && seen.protocol().initialised()
                && Starting.isUp(seen.protocol().primary(), seen)
                && Starting.streamingMembers(newest, seen) >= newest.required();
    }

    /** Whether an instance does what it is there for: the primary accepts clients, a standby streams. */
    public static boolean isUp(Instance instance, Observation seen) {
        return Starting.isUp(instance.name(), seen);
    }
}
