package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;

/** Version, image and configuration of PostgreSQL. */
@RegisterForReflection
public record Postgresql(
        @JsonPropertyDescription(
                "Major version, 14 to 18; 14 and 16 are untested. The operator's configuration maps it to an exact minor release.")
        @Default("17")
        @Min(14)
        @Max(18)
        Integer version,

        @JsonPropertyDescription("Overrides the mapping: any image with the programs of this major version.")
        @Size(min = 1, max = 512)
        String image,

        @JsonPropertyDescription("Settings of postgresql.conf. Those that the operator owns are refused.")
        @Size(max = 256)
        Map<String, @Size(max = 4096) String> parameters,

        @JsonPropertyDescription(
                "Lines of pg_hba.conf after the operator's own. Without any: host all all all scram-sha-256.")
        @Size(max = 64)
        List<@Size(min = 1, max = 1024) String> hba) {

    public Postgresql {
        version = version == null ? 17 : version;
        parameters = parameters == null ? Map.of() : Map.copyOf(parameters);
        hba = hba == null ? List.of() : List.copyOf(hba);
    }
}
