package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** Secrets that the user brings. */
@RegisterForReflection
public record Secrets(
        @JsonPropertyDescription(
                "Secret with the password of the role postgres, under the key POSTGRES_PASSWORD or password. Absent: <cluster>-superuser is made.")
        @Size(min = 1, max = 253)
        String superuser) {}
