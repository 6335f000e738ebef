package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** What a cluster is. Written by one class only, as a whole. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record PgClusterStatus(
        @JsonPropertyDescription("The generation of the spec that this status is about.")
        Long observedGeneration,

        @JsonPropertyDescription("The cluster in a word.") Phase phase,

        @JsonPropertyDescription("Instances that have a Pod.") @StatusReplicas
        Integer instances,

        @JsonPropertyDescription("The primary when it accepts writes, and the standbys that stream.")
        Integer readyInstances,

        @JsonPropertyDescription("Selector of the Pods.") @LabelSelector
        String selector,

        @JsonPropertyDescription("The instance that leads in this epoch.")
        String primary,

        @JsonPropertyDescription("Counter of changes of the primary.")
        Long epoch,

        @JsonPropertyDescription("Timeline of the primary.") Long timeline,

        @JsonPropertyDescription("Counter of changes of the synchronous rule.")
        Long ruleGeneration,

        @JsonPropertyDescription("Every synchronous rule that may be in force.")
        List<Rule> rules,

        @JsonPropertyDescription("The timeline of each epoch.")
        List<EpochTimeline> timelines,

        @JsonPropertyDescription("The change of the primary that is under way.")
        Transition transition,

        @JsonPropertyDescription("The last change of the primary.")
        Transition lastTransition,

        @JsonPropertyDescription("The last switchover.") Transition lastSwitchover,

        @JsonPropertyDescription("What is said to a PgSwitchover that is not under way yet.")
        SwitchoverAnswer switchoverAnswer,

        @JsonPropertyDescription("PostgreSQL's identifier of the database cluster.")
        String systemIdentifier,

        @JsonPropertyDescription("Each instance.") List<InstanceStatus> instanceStatuses,

        @JsonPropertyDescription("Version that the primary says.")
        String postgresVersion,

        @JsonPropertyDescription("The Secret with everything that an application needs (Service Binding).")
        Binding binding,

        @JsonPropertyDescription("Ready, Replicated, Progressing, Accepted, RestartPending.")
        List<StatusCondition> conditions,

        @JsonPropertyDescription(
                "The operator that wrote this: its namespace, or host and process of one outside the cluster.")
        String operator) {

    /** The same as another operator writes it. */
    public PgClusterStatus by(String another) {
        return new PgClusterStatus(
                observedGeneration,
                phase,
                instances,
                readyInstances,
                selector,
                primary,
                epoch,
                timeline,
                ruleGeneration,
                rules,
                timelines,
                transition,
                lastTransition,
                lastSwitchover,
                switchoverAnswer,
                systemIdentifier,
                instanceStatuses,
                postgresVersion,
                binding,
                conditions,
                another);
    }

    /** The cluster in a word. */
    public enum Phase {
        Creating,
        Running,
        FailingOver,
        SwitchingOver,
        Scaling,
        Hibernated,
        Paused,
        Degraded,
        Failed
    }

    /** A synchronous rule: {@code required} of {@code members} confirm each commit of {@code primary}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rule(
            @JsonPropertyDescription("The instance whose commits it is about.")
            String primary,

            @JsonPropertyDescription("Standbys with their epoch, such as orders-1/e1.")
            List<String> members,

            @JsonPropertyDescription("How many of them must confirm; 0: none.")
            Integer required,

            @JsonPropertyDescription(
                    "With 0 required: after how many seconds without the operator's heartbeat the primary stops itself. Absent: never.")
            Integer selfFenceSeconds) {
        public Rule {
            members = members == null ? List.of() : List.copyOf(members);
        }
    }

    /** The timeline that an epoch's primary writes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EpochTimeline(
            Long epoch,
            Long timeline,

            @JsonPropertyDescription("Of one that was elected: the timeline that it was on.")
            Long parent,

            @JsonPropertyDescription("Of one that was elected: up to where it had that.")
            String fork) {}

    /** A change of the primary. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Transition(
            @JsonPropertyDescription("Why the primary changes: Failover, Switchover.")
            String kind,

            @JsonPropertyDescription(
                    "How far it is: Fencing, Promoting, Ended; of a switchover Demoting, Verifying, Promoting, Ended.")
            String phase,

            @JsonPropertyDescription("The epoch that it opened.")
            Long epoch,

            @JsonPropertyDescription("The instance that led before.")
            String from,

            @JsonPropertyDescription("The instance that was elected, or is to be.")
            String to,

            @JsonPropertyDescription(
                    "When the primary was first missed, or the first word was said that it is to stop.")
            String startedAt,

            @JsonPropertyDescription("When a commit of the new primary was first confirmed.")
            String endedAt,

            @JsonPropertyDescription("Between the two, as the operator saw it, in milliseconds.")
            Long outageMilliseconds,

            @JsonPropertyDescription(
                    "What a person has said to it by the annotation postgres.matriarch.dev/failover, if anything.")
            String consent,

            @JsonPropertyDescription("What only a switchover has.")
            Planned planned) {}

    /** What a switchover has beyond a failover. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Planned(
            @JsonPropertyDescription(
                    "The PgSwitchover that asked for it; absent: the operator, because the instance of the primary is to be removed.")
            String name,

            @JsonPropertyDescription("Its identity.") String uid,

            @JsonPropertyDescription("Until when another instance must have been elected.")
            String deadline,

            @JsonPropertyDescription("Where the last checkpoint of the old primary begins.")
            String fromLsn,

            @JsonPropertyDescription("Why it was given up: " + REVERSALS + ".")
            String reversal,

            @JsonPropertyDescription("When each phase began.")
            List<Began> phases) {
        private static final String REVERSALS =
                "Withdrawn, DeadlineExceeded, PrimaryDidNotStop, PrimaryLost, TargetLost, TargetLacksWrites, OvertakenByFailover";

        public Planned {
            phases = phases == null ? List.of() : List.copyOf(phases);
        }
    }

    /** When a phase began. */
    public record Began(String phase, String at) {}

    /** What is said to a PgSwitchover. */
    public record SwitchoverAnswer(
            @JsonPropertyDescription("Its identity.") String uid,

            @JsonPropertyDescription("Why it is not under way, in a word.")
            String reason,

            @JsonPropertyDescription("The same in a sentence.")
            String message,

            @JsonPropertyDescription("Whether it never will be.")
            Boolean refused) {}

    /** One instance as it was at the last change worth a write. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record InstanceStatus(
            String name,

            @JsonPropertyDescription("primary, standby, or empty while unknown.")
            String role,

            @JsonPropertyDescription("Accepts writes, or streams.")
            Boolean ready,

            String node,
            Long timeline,

            @JsonPropertyDescription("Position in the write-ahead log, as of the last change of this status.")
            String lsn,

            @JsonPropertyDescription("sync_state as the primary says it.")
            String syncState,

            @JsonPropertyDescription("Bytes behind the primary, as of the last change of this status.")
            Long lagBytes,

            @JsonPropertyDescription("What the instance waits for or why it failed.")
            String message) {}

    /** Provisioned Service of the Service Binding specification. */
    public record Binding(String name) {}
}
