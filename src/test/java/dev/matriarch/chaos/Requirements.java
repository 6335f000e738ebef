package dev.matriarch.chaos;

import dev.matriarch.chaos.Fault.Aftermath;
import java.util.ArrayList;
import java.util.List;

/** What faults have in common of what must hold. */
public final class Requirements {

    /** Milliseconds in which writes may stutter when a standby goes: a busy machine, not a wait for anything. */
    private static final long STUTTER = 5_000;

    private Requirements() {}

    /** A primary that fails is replaced once at most. */
    public static List<String> atMostOneFailover(Aftermath aftermath) {
        return atMost(1, aftermath);
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

    /** Nobody else leads, and clients hardly notice. */
    public static List<String> writesGoOn(Aftermath aftermath) {
        List<String> complaints = new ArrayList<>(noFailover(aftermath));
        if (aftermath.longestGap() > STUTTER) {
            complaints.add("no write for " + aftermath.longestGap() + " ms, and writes were to go on");
        }
        return complaints;
    }
}
