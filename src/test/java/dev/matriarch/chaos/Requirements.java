package dev.matriarch.chaos;

import dev.matriarch.chaos.Fault.Aftermath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What faults have in common of what must hold. */
public final class Requirements {

    /** Within which writes go on when nobody is to be replaced: a busy machine, not a wait for anything. */
    public static final Duration STUTTER = Duration.ofSeconds(5);

    /** Within which another primary takes writes where that takes seconds: on however busy a machine. What it takes on a quiet one is told by the benchmark. */
    public static final Duration REPLACED = Duration.ofSeconds(15);

    /** That only a hang exceeds: for what has to be waited for, an operator that is started or a switchover that is given up. */
    public static final Duration HANG = Duration.ofSeconds(30);

    private Requirements() {}

    /** All that must hold after a fault and does not. */
    static List<String> complaints(Fault fault, Aftermath aftermath) {
        List<String> complaints = new ArrayList<>(fault.mustHold(aftermath));
        if (aftermath.longestGap() > fault.writesWithin().toMillis()) {
            complaints.add("no write for " + aftermath.longestGap() + " ms, and "
                    + fault.writesWithin().toMillis() + " ms at most were right");
        }
        return complaints;
    }

    /** A primary that fails is replaced once at most. */
    public static List<String> atMostOneFailover(Aftermath aftermath) {
        return atMost(1, aftermath);
    }

    /** The primary is replaced, once. For what a primary cannot come back from before the operator has noticed. */
    public static List<String> anotherLeads(Aftermath aftermath) {
        List<String> complaints = new ArrayList<>(atMostOneFailover(aftermath));
        if (aftermath.epochs() == 0) {
            complaints.add("nobody else leads, and the primary was lost");
        }
        return complaints;
    }

    /** The primary changes so many times at most. */
    public static List<String> atMost(long changes, Aftermath aftermath) {
        return aftermath.epochs() <= changes
                ? List.of()
                : List.of("the epoch rose by " + aftermath.epochs() + ", by " + changes + " at most was right");
    }

    /** Nobody else leads because of this. */
    public static List<String> noFailover(Aftermath aftermath) {
        return aftermath.epochs() == 0
                ? List.of()
                : List.of("the epoch rose by " + aftermath.epochs() + ", and there was no reason to");
    }
}
