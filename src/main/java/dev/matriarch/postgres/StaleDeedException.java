package dev.matriarch.postgres;

/** A deed was refused because the instance has seen a later epoch or generation. The cluster must be looked at again. */
public class StaleDeedException extends Exception {

    private static final long serialVersionUID = 1;

    StaleDeedException(String message) {
        super(message);
    }
}
