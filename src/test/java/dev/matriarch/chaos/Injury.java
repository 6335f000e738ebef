package dev.matriarch.chaos;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A fault that was done.
 *
 * @param what to whom, for the report
 * @param nodes whose clients it hits themselves, so that they tell nothing about the cluster
 * @param lasts how long it is left as it is
 * @param undo ends it
 * @param over whether what it broke has been made anew since: until then a cluster that looks whole is only one that has not noticed
 */
public record Injury(String what, Set<String> nodes, Duration lasts, Undo undo, Callable<Boolean> over) {

    /** How it is ended. */
    @FunctionalInterface
    public interface Undo {
        void run() throws Exception;
    }

    /** Something that is done once, such as a kill; it is over when what was killed is there anew. */
    public static Injury once(String what, Callable<Boolean> over) {
        return new Injury(what, Set.of(), Duration.ZERO, () -> {}, over);
    }

    /** Something that lasts until it is undone. */
    public static Injury lasting(String what, Set<String> nodes, Duration lasts, Undo undo) {
        return new Injury(what, nodes, lasts, undo, () -> true);
    }
}
