package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** Which change of the primary is wanted. */
@ValidationRule(
        value = "self == oldSelf",
        message = "spec: a PgSwitchover cannot be changed; delete it and make another one")
@ValidationRule(
        value = "!has(self.maxLag) || !self.maxLag" + Storage.HAS_EXPONENT
                + " && isQuantity(self.maxLag) && quantity(self.maxLag).compareTo(quantity('0')) >= 0",
        message = "spec.maxLag: not a quantity of bytes; write it like 16Mi")
@ValidationRule(
        value = "!has(self.target) || self.target.startsWith(self.cluster + '-')",
        message = "spec.target: not an instance of spec.cluster; write its Pod's name, like orders-1")
@RegisterForReflection
public record PgSwitchoverSpec(
        @JsonPropertyDescription("Name of the PgCluster, in the same namespace.")
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z]([-a-z0-9]*[a-z0-9])?$")
        String cluster,

        @JsonPropertyDescription(
                "The instance that is to lead, such as orders-2. Absent: the standby that has most, and whose node is not cordoned.")
        @Size(min = 3, max = 44)
        @Pattern("^[a-z]([-a-z0-9]*)-[0-9]+$")
        String target,

        @JsonPropertyDescription(
                "How many bytes of WAL it may be behind when the primary is stopped. While it is further behind, the switchover waits.")
        @Default("16Mi")
        @Size(min = 1, max = 32)
        String maxLag,

        @JsonPropertyDescription(
                "How many seconds from its start until another instance must have been elected. After that, and at the latest 60 s after it was told to stop, the old"
                        + " primary leads again.")
        @Default("60")
        @Min(5)
        @Max(3600)
        Integer deadlineSeconds,

        @JsonPropertyDescription("It does not start before this time.") @Size(min = 20, max = 40)
        String notBefore,

        @JsonPropertyDescription(
                "How many seconds after its end it is deleted. Absent: it stays until somebody deletes it.")
        @Min(0)
        @Max(2147483647)
        Integer ttlSecondsAfterFinished) {

    public PgSwitchoverSpec {
        maxLag = maxLag == null ? "16Mi" : maxLag;
        deadlineSeconds = deadlineSeconds == null ? 60 : deadlineSeconds;
    }
}
