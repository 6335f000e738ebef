package dev.matriarch.apply;

import dev.matriarch.status.RecordConflictException;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** A step could not be done now. The plan ends there, and the next round decides again. */
public class StepFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int CONFLICT = 409;

    StepFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether somebody else was faster, so that it is enough to look again. */
    public boolean isConflict() {
        return getCause() instanceof RecordConflictException
                || getCause() instanceof KubernetesClientException refusal && refusal.getCode() == CONFLICT;
    }
}
