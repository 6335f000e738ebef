package dev.matriarch.status;

/** The recorded protocol is not the one that was decided upon. The cluster must be looked at again. */
public class RecordConflictException extends Exception {

    private static final long serialVersionUID = 1;

    RecordConflictException(String message) {
        super(message);
    }
}
