package dev.matriarch.chaos;

import dev.matriarch.chaos.Fault.Aftermath;
import java.util.ArrayList;
import java.util.List;

/** What faults have in common of what must hold. */
public final class Requirements {

    /** Milliseconds in which writes may stutter when a standby goes: a busy machine, not a wait for anything. */
    private static final long STUTTER = 5_000;

    /** Milliseconds without a write that only a hang exceeds, on however slow a machine. How long it should be is told by the benchmark. */
    private static final long HANG = 30_000;

    private Requirements() {}

    /** A primary that fails is replaced once at most. */
    public static List<String> atMostOneFailover(Aftermath aftermath) {
        return atMost(1, aftermath);
    }

    /** The primary is replaced, once, and writes go on. For what a primary cannot come back from before the operator has noticed. */
    public static List<String> anotherLeads(Aftermath aftermath) {
        List<String> complaints = new ArrayList<>(writesComeBack(aftermath));
        if (aftermath.epochs() == 0) {
            complaints.add("nobody else leads, and the primary was lost");
        }
        return complaints;
    }

    /** The primary is replaced once at most, or comes back by itself; either way writes go on. */
    public static List<String> writesComeBack(Aftermath aftermath) {
        List<String> complaints = new ArrayList<>(atMostOneFailover(aftermath));
        if (aftermath.longestGap() > HANG) {
            complaints.add("no write for " + aftermath.longestGap() + " ms, and nothing was to be waited for so long");
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

    /** Nobody else leads, and clients hardly notice. */
    public static List<String> writesGoOn(Aftermath aftermath) {
        List<String> complaints = new ArrayList<>(noFailover(aftermath));
        if (aftermath.longestGap() > STUTTER) {
            complaints.add("no write for " + aftermath.longestGap() + " ms, and writes were to go on");
        }
        return complaints;
    }
}
