package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** How many standbys must hold a commit before it is acknowledged. */
@ValidationRule(
        value =
                "!has(self.synchronous) ? true : type(self.synchronous) == int ? self.synchronous >= 1 : self.synchronous in ['Majority', 'None']",
        message = "spec.replication.synchronous: Majority, None, or a number of standbys from 1")
@RegisterForReflection
public record Replication(
        @JsonPropertyDescription(
                "Majority: floor(instances/2) standbys confirm every commit. None: no standby does. Or a number of standbys.")
        IntOrString synchronous) {

    public Replication {
        synchronous = synchronous == null ? new IntOrString("Majority") : synchronous;
    }

    /** The number of standbys that must confirm a commit in a cluster of so many instances; 0: none. */
    public int required(int instances) {
        if (synchronous.getIntVal() != null) {
            return Math.min(synchronous.getIntVal(), Math.max(0, instances - 1));
        }
        return "None".equals(synchronous.getStrVal()) ? 0 : instances / 2;
    }
}
