package dev.matriarch.decide;

import java.util.Optional;

/**
 * Something that a cluster waits for, told in a condition.
 *
 * @param reason which of a closed set
 * @param message a sentence that names what is missing and what would help
 * @param remedy what a person can say so that it is not waited for any more
 */
public record Waiting(Reason reason, String message, Optional<Consent> remedy) {

    /** Something that no word of a person ends. */
    public Waiting(Reason reason, String message) {
        this(reason, message, Optional.empty());
    }

    /** Why a cluster waits. */
    public enum Reason {
        /** The first instance is being initialised, or its bootstrap is running. */
        Initialising(false),
        /** Instances start, copy or catch up. */
        InstancesStarting(false),
        /** The synchronous rule is being changed. */
        ChangingRule(false),
        /** Instances are to take a changed configuration. */
        TakingConfiguration(false),
        /** Too few standbys stream, so writes wait. */
        StandbysMissing(false),
        /** Instances are to be removed and one of them is the primary. */
        ScaleInNeedsSwitchover(false),
        /** Instances are being removed. */
        ScalingIn(false),
        /** The primary is being replaced. */
        FailingOver(false),
        /** Another instance takes over from the primary, as was asked for. */
        SwitchingOver(false),
        /** The primary is lost, and nobody can take its place without a risk for what was acknowledged. */
        NoSafeCandidate(true),
        /** All instances are being stopped. */
        Hibernating(false),
        /** A volume holds something that is not of this cluster, or nothing where data must be. */
        VolumeRefused(true),
        /** A Pod cannot start. */
        PodTrouble(true),
        /** PostgreSQL cannot start. */
        InstanceFailed(true),
        /** The API server did not take an object, for a reason that may pass. */
        ObjectsNotWritten(false),
        /** The operator itself fails at this PgCluster, by a defect. */
        OperatorFails(true),
        /** A statement of the bootstrap failed; it is tried again. */
        BootstrapFailed(true),
        /** The disk of the primary takes no write. */
        DiskStalled(true),
        /** Instances have seen more than the record knows of: it was restored from an older copy. */
        RecordBehind(true),
        /** An instance leads that the record does not name. */
        UnexpectedPrimary(true);

        private final boolean trouble;

        Reason(boolean trouble) {
            this.trouble = trouble;
        }

        /** Whether it does not pass by itself. */
        public boolean isTrouble() {
            return trouble;
        }
    }
}
