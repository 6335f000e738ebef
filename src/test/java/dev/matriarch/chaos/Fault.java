package dev.matriarch.chaos;

import java.time.Duration;
import java.util.List;

/**
 * A kind of fault. One class in {@code faults} for each, and one line in {@link Faults}. It has no state: what it did to a cluster is the
 * {@link Injury} it returns.
 */
public interface Fault {

    /** Its name in reports and on the command line. */
    String name();

    /** Does it, and says what was done and how it is undone. */
    Injury inject(Situation situation) throws Exception;

    /** What must hold besides no loss, no duplicate and a cluster that is whole again; what does not is said, a line for each thing. */
    default List<String> mustHold(Aftermath aftermath) {
        return Requirements.atMostOneFailover(aftermath);
    }

    /** How long clients may go without an acknowledged write, in this or that way, before something is wrong; those on nodes that it hits do not count. */
    default Duration writesWithin() {
        return Requirements.HANG;
    }

    /** Whether it is there for a quarter of a minute or more. */
    default boolean lastsLong() {
        return false;
    }

    /**
     * What there is to judge a fault by.
     *
     * @param epochs by how much the epoch has risen
     * @param longestGap milliseconds without an acknowledged write, of the kind of client that was worse off
     */
    record Aftermath(long epochs, long longestGap) {}
}
