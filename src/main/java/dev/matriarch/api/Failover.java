package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** When a primary that is lost is replaced. */
@RegisterForReflection
public record Failover(
        @JsonPropertyDescription(
                "Whether a standby takes its place without being asked. With synchronous replication it does so only when nothing that was acknowledged can"
                        + " be lost. Else a condition prints the annotation that asks for it.")
        @Default("true")
        Boolean automatic,

        @JsonPropertyDescription("How many seconds it must have been lost before.") @Default("0") @Min(0) @Max(3600)
        Integer delaySeconds,

        @JsonPropertyDescription(
                "Only with replication.synchronous None, more than one instance and automatic failover, where nothing else proves that an unreachable primary"
                        + " has stopped: how many seconds a primary goes on without a heartbeat of the operator before it stops itself. So it also"
                        + " stops while the operator or the API server is away for longer, and a failover takes some seconds more than this.")
        @Default("10")
        @Min(5)
        @Max(3600)
        Integer selfFenceSeconds) {

    public Failover {
        selfFenceSeconds = selfFenceSeconds == null ? 10 : selfFenceSeconds;
        automatic = automatic == null || automatic;
        delaySeconds = delaySeconds == null ? 0 : delaySeconds;
    }
}
