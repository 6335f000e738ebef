package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** When a primary that is lost is replaced. */
public record Failover(
        @JsonPropertyDescription(
                "Whether a standby takes its place without being asked. It does so only when nothing that was acknowledged can be lost. Else a"
                        + " condition prints the annotation that asks for it.")
        @Default("true")
        Boolean automatic,

        @JsonPropertyDescription("How many seconds it must have been lost before.") @Default("0") @Min(0) @Max(3600)
        Integer delaySeconds) {

    public Failover {
        automatic = automatic == null || automatic;
        delaySeconds = delaySeconds == null ? 0 : delaySeconds;
    }
}
