package dev.matriarch.chaos;

/**
 * One attempt to write one row.
 *
 * @param round the round it belongs to
 * @param writer number of the writer
 * @param way how that writer reaches the primary
 * @param id the row's id, used for this attempt only
 * @param sent when, in microseconds of the client's clock
 * @param ended when its outcome was known; as {@code sent} when the client died before
 * @param outcome what came of it
 * @param commit microseconds from COMMIT to its answer; 0 unless acknowledged
 */
public record Attempt(int round, int writer, Way way, long id, long sent, long ended, Outcome outcome, long commit) {

    /** How a client reaches the primary. */
    public enum Way {
        /** By the Service {@code <cluster>-primary}. */
        SERVICE("service"),
        /** By a URI that names every instance. */
        MULTIHOST("multi-host");

        private final String word;

        Way(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** What is known of a write. */
    public enum Outcome {
        /** It must be on every instance, once. */
        ACKNOWLEDGED,
        /** COMMIT was not sent: it must not be anywhere. */
        FAILED,
        /** It may be there or not, but the same on all instances, and not twice. */
        UNKNOWN
    }
}
