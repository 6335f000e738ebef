package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A condition as Kubernetes means it.
 *
 * @param type which condition
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one word of a closed set
 * @param message a sentence for people
 * @param observedGeneration the generation of the spec it is about
 * @param lastTransitionTime when {@code status} last changed, RFC 3339
 */
@RegisterForReflection
public record StatusCondition(
        String type, String status, String reason, String message, Long observedGeneration, String lastTransitionTime) {

    /** Whether the condition holds. */
    @JsonIgnore
    public boolean isTrue() {
        return "True".equals(status);
    }
}
