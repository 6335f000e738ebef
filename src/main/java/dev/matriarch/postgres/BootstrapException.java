package dev.matriarch.postgres;

/** A statement of {@code spec.bootstrap.sql} failed. */
public class BootstrapException extends Exception {

    private static final long serialVersionUID = 1;

    BootstrapException(String message, Throwable cause) {
        super(message, cause);
    }
}
