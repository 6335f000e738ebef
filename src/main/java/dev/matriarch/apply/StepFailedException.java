package dev.matriarch.apply;

import dev.matriarch.decide.Waiting;
import dev.matriarch.status.RecordConflictException;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** A step could not be done now. The plan ends there, and the next round decides again. */
public class StepFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int CONFLICT = 409;

    private final Waiting waiting;

    StepFailedException(String message, Throwable cause) {
        this(Waiting.Reason.InstancesStarting, message, cause);
    }

    StepFailedException(Waiting.Reason reason, String message, Throwable cause) {
        super(message, cause);
        waiting = new Waiting(reason, message);
    }

    /** What is waited for until it can be done. */
    public Waiting waiting() {
        return waiting;
    }

    /** Whether somebody else was faster, so that it is enough to look again. */
    public boolean isConflict() {
        return getCause() instanceof RecordConflictException
                || getCause() instanceof KubernetesClientException refusal && refusal.getCode() == CONFLICT;
    }
}
