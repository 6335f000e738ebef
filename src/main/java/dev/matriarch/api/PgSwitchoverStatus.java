package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** How far a switchover is, and what it took. Written by its own controller only, as a whole. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record PgSwitchoverStatus(
        @JsonPropertyDescription("The generation of the spec that this status is about.")
        Long observedGeneration,

        @JsonPropertyDescription("How far it is.") Phase phase,

        @JsonPropertyDescription("The instance that led before.")
        String from,

        @JsonPropertyDescription("The instance that is to lead, or leads.")
        String to,

        @JsonPropertyDescription("When its turn came. Its deadline counts from here.")
        String startedAt,

        @JsonPropertyDescription("When it was completed or had failed.")
        String completedAt,

        @JsonPropertyDescription(
                "From the first word to the old primary that it is to stop, to the first commit of the new one that was confirmed, as the operator saw"
                        + " it, in milliseconds.")
        Long writeOutageMilliseconds,

        @JsonPropertyDescription("Where the last checkpoint of the old primary begins: the last thing that it wrote.")
        String fromLsn,

        @JsonPropertyDescription("The timeline of the new primary.")
        Long timeline,

        @JsonPropertyDescription("The phases so far.") List<PhaseTime> phases,

        @JsonPropertyDescription("Complete, Failed.") List<StatusCondition> conditions) {

    /** How far it is. */
    public enum Phase {
        /** It waits for its turn, for its time, or for the cluster. */
        Pending,
        /** The primary still serves; what can be looked at beforehand is looked at, and a checkpoint is written. */
        Preparing,
        /** The primary is being stopped. */
        Demoting,
        /** It has stopped, and who is to lead is compared with it. */
        Verifying,
        /** Who is to lead is elected, confirmed and promoted. From here there is no way back. */
        Promoting,
        /** The new primary serves; the old one becomes its standby. */
        Following,
        /** The old primary follows the new one. */
        Completed,
        /** The old primary leads, or leads again; or something else took its place. */
        Failed;

        /** Whether it has ended. */
        public boolean isFinished() {
            return this == Completed || this == Failed;
        }
    }

    /** A phase. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PhaseTime(
            @JsonPropertyDescription("Which.") Phase name,

            @JsonPropertyDescription("When it began.") String startedAt,

            @JsonPropertyDescription("How long it took; absent while it lasts.")
            Long milliseconds) {}

    /** Whether it has ended. */
    public static boolean isFinished(PgSwitchoverStatus status) {
        return status != null && status.phase() != null && status.phase().isFinished();
    }
}
