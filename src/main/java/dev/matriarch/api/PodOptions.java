package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;

/**
 * What the Pods of the instances have besides PostgreSQL: the words of a Pod template. Those that have no schema in the CRD, and quantities, stay as they were written; {@code
 * objects.PodExtras} reads them.
 */
@ValidationRule(
        value = "!has(self.terminationGracePeriodSeconds) || self.terminationGracePeriodSeconds > 40",
        message =
                "spec.pod.terminationGracePeriodSeconds: a clean stop may take 40 s; take 41 to 3600, or leave it out for 60")
@ValidationRule(
        value = "!has(self.labels) || !self.labels.exists(key, key.startsWith('postgres.matriarch.dev/'))",
        message = "spec.pod.labels: those that begin with postgres.matriarch.dev/ are the operator's; take them out")
@ValidationRule(
        value = "!has(self.annotations) || !self.annotations.exists(key, key.startsWith('postgres.matriarch.dev/'))",
        message =
                "spec.pod.annotations: those that begin with postgres.matriarch.dev/ are the operator's; take them out")
@RegisterForReflection
public record PodOptions(
        @JsonPropertyDescription("Labels added to the Pods.") @Size(max = 64)
        Map<String, @Size(max = 63) String> labels,

        @JsonPropertyDescription("Annotations added to the Pods.") @Size(max = 64)
        Map<String, @Size(max = 4096) String> annotations,

        @JsonPropertyDescription("Requests and limits of the PostgreSQL container.")
        @SchemaFrom(type = ResourceRequirements.class)
        JsonNode resources,

        @JsonPropertyDescription("Labels that a node must have.") @Size(max = 64)
        Map<String, @Size(max = 63) String> nodeSelector,

        @JsonPropertyDescription("Affinity of the Pods. Absent: instances prefer different nodes.")
        @PreserveUnknownFields
        JsonNode affinity,

        @JsonPropertyDescription("Taints that the Pods tolerate.") @Size(max = 32)
        List<Toleration> tolerations,

        @JsonPropertyDescription("How the Pods spread over the topology.") @Size(max = 16) @PreserveUnknownFields
        List<JsonNode> topologySpreadConstraints,

        @JsonPropertyDescription("Priority class of the Pods.") @Size(min = 1, max = 253)
        String priorityClassName,

        @JsonPropertyDescription("Secrets for pulling the image.") @Size(max = 16)
        List<LocalObjectReference> imagePullSecrets,

        @JsonPropertyDescription(
                "Security context of the Pods, over the restricted one that they have. runAsUser is 999 by default.")
        @PreserveUnknownFields
        JsonNode securityContext,

        @JsonPropertyDescription(
                "Time that an instance has to stop, 60 s by default. A fast shutdown takes seconds; past 30 s it becomes an immediate one.")
        @Max(3600)
        Long terminationGracePeriodSeconds,

        @JsonPropertyDescription("Volumes added to the Pods, for sidecars.") @Size(max = 32) @PreserveUnknownFields
        List<JsonNode> volumes,

        @JsonPropertyDescription("Containers added to the Pods.") @Size(max = 16) @PreserveUnknownFields
        List<JsonNode> sidecars) {

    /**
     * Quantities of resources that are taken: those of Kubernetes without a sign, and with an exponent of two digits at most, because to compare one like {@code 1e999999999}
     * costs minutes and gigabytes.
     */
    public static final String QUANTITY =
            "^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]{1,2})?$";

    public PodOptions {
        resources = resources == null || resources.isNull() ? null : resources;
        affinity = affinity == null || affinity.isNull() ? null : affinity;
        securityContext = securityContext == null || securityContext.isNull() ? null : securityContext;
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
        tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
        topologySpreadConstraints =
                topologySpreadConstraints == null ? List.of() : List.copyOf(topologySpreadConstraints);
        imagePullSecrets = imagePullSecrets == null ? List.of() : List.copyOf(imagePullSecrets);
        volumes = volumes == null ? List.of() : List.copyOf(volumes);
        sidecars = sidecars == null ? List.of() : List.copyOf(sidecars);
    }

    /** No options at all. */
    public static PodOptions none() {
        return new PodOptions(null, null, null, null, null, null, null, null, null, null, null, null, null);
    }
}
