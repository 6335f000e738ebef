package dev.matriarch.decide;

/**
 * What is said to a PgSwitchover whose primary is not being stopped yet.
 *
 * @param uid identity of the PgSwitchover
 * @param reason which of a closed set
 * @param message a sentence
 */
public record SwitchoverAnswer(String uid, Reason reason, String message) {

    /** Why it is not under way, or never will be. */
    public enum Reason {
        /** The cluster is starting, or its primary does not answer. */
        ClusterNotReady(false),
        /** The instances are stopped. */
        ClusterHibernated(false),
        /** The primary is lost, or being replaced. */
        FailingOver(false),
        /** The synchronous rule is being changed. */
        ChangingRule(false),
        /** Who is to lead does not stream. */
        TargetNotStreaming(false),
        /** Who is to lead has less than {@code maxLag} allows. */
        TargetTooFarBehind(false),
        /** The primary writes a checkpoint, so that its stop is short. */
        Checkpointing(false),
        /** There is no instance of this name, or it is to be removed. */
        UnknownTarget(true),
        /** Who is to lead does. */
        TargetIsPrimary(true),
        /** There is no other instance. */
        NoStandby(true);

        private final boolean refused;

        Reason(boolean refused) {
            this.refused = refused;
        }

        /** Whether waiting would not help. */
        public boolean isRefused() {
            return refused;
        }
    }
}
