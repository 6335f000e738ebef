package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** The volumes of the instances. */
@ValidationRule(
        value = "!has(self.size) || !self.size" + Storage.HAS_EXPONENT
                + " && isQuantity(self.size) && quantity(self.size).compareTo(quantity('256Mi')) >= 0",
        message =
                "spec.storage.size: not a quantity of at least 256Mi, which an empty database and its WAL need; write it like 10Gi")
@ValidationRule(
        value =
                "!has(self.size) || !has(oldSelf.size) || self.size" + Storage.HAS_EXPONENT
                        + " || !isQuantity(self.size) || !isQuantity(oldSelf.size) || quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0",
        message = "spec.storage.size: a volume cannot shrink; leave the size as it was or make it larger")
@ValidationRule(
        value = "has(self.storageClassName) == has(oldSelf.storageClassName)"
                + " && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",
        message = "spec.storage.storageClassName: cannot be changed; make a new cluster and move the data")
@ValidationRule(
        value = "!has(self.accessModes) || !has(oldSelf.accessModes) || self.accessModes == oldSelf.accessModes",
        message = "spec.storage.accessModes: cannot be changed; make a new cluster and move the data")
@ValidationRule(
        value = "has(self.sharedClaimName) == has(oldSelf.sharedClaimName)"
                + " && (!has(self.sharedClaimName) || self.sharedClaimName == oldSelf.sharedClaimName)",
        message = "spec.storage.sharedClaimName: cannot be changed; make a new cluster and move the data")
@RegisterForReflection
public record Storage(
        @JsonPropertyDescription("Size of each volume.") @Default("1Gi") @Size(min = 1, max = 32)
        String size,

        @JsonPropertyDescription("Storage class of the volumes; absent: the default class of the Kubernetes.")
        @Size(min = 1, max = 253)
        String storageClassName,

        @JsonPropertyDescription("Access modes of the volumes.") @Size(min = 1, max = 4)
        List<AccessMode> accessModes,

        @JsonPropertyDescription(
                "What becomes of the volumes, and of the Secrets that belong to them, when the PgCluster is deleted.")
        @Default("Retain")
        Retention retention,

        @JsonPropertyDescription(
                "One claim shared by all instances, each in a subdirectory with its name. Size and class are then ignored, and the"
                        + " claim is never deleted.")
        @Size(min = 1, max = 253)
        String sharedClaimName) {

    /**
     * In a rule, behind the name of a field: whether it is a number with an exponent. One like {@code 1e999999999} is a quantity too, and to compare it costs an API server
     * minutes and gigabytes, so a rule that compares asks first. {@code 16Ei} has none.
     */
    static final String HAS_EXPONENT = ".matches('[eE][-+0-9]')";

    /** Access modes of Kubernetes under which one Pod can write. */
    public enum AccessMode {
        ReadWriteOnce,
        ReadWriteOncePod,
        ReadWriteMany
    }

    /** The fate of the volumes. */
    public enum Retention {
        Retain,
        Delete
    }

    public Storage {
        size = size == null ? "1Gi" : size;
        accessModes = accessModes == null ? List.of(AccessMode.ReadWriteOnce) : List.copyOf(accessModes);
        retention = retention == null ? Retention.Retain : retention;
    }
}
