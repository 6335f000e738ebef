package dev.matriarch.apply;

/** A step could not be done now. The plan ends there, and the next round decides again. */
public class StepFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StepFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
