package dev.matriarch.postgres;

/** A statement of {@code spec.bootstrap.sql} failed. */
public class BootstrapException extends Exception {

    private static final long serialVersionUID = 1;

    /** Without a cause: that of the driver quotes the statement, which may hold a password. */
    BootstrapException(String message) {
        super(message);
    }
}
