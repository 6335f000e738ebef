package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;

/** Options of the Services that clients use. */
@ValidationRule(
        value =
                "!has(self.primary) || !has(self.primary.annotations) || !self.primary.annotations.exists(key, key.startsWith('postgres.matriarch.dev/'))",
        message =
                "spec.services.primary.annotations: those that begin with postgres.matriarch.dev/ are the operator's; take them out")
@ValidationRule(
        value =
                "!has(self.replicas) || !has(self.replicas.annotations) || !self.replicas.annotations.exists(key, key.startsWith('postgres.matriarch.dev/'))",
        message =
                "spec.services.replicas.annotations: those that begin with postgres.matriarch.dev/ are the operator's; take them out")
@RegisterForReflection
public record Services(
        @JsonPropertyDescription("<cluster>-primary: writes.")
        Options primary,

        @JsonPropertyDescription("<cluster>-replicas: reads.")
        Options replicas) {

    /** Types of a Service that carry connections of clients. */
    public enum Type {
        ClusterIP,
        NodePort,
        LoadBalancer
    }

    /** Type and annotations of one Service. */
    public record Options(
            @JsonPropertyDescription("Type of the Service.") @Default("ClusterIP")
            Type type,

            @JsonPropertyDescription("Annotations of the Service.") @Size(max = 64)
            Map<String, @Size(max = 4096) String> annotations) {
        public Options {
            type = type == null ? Type.ClusterIP : type;
            annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        }
    }

    public Services {
        primary = primary == null ? new Options(null, null) : primary;
        replicas = replicas == null ? new Options(null, null) : replicas;
    }
}
