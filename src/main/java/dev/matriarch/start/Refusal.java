package dev.matriarch.start;

/** Why the operator does not start: one line says what is wrong, one what to do. */
class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    Refusal(String what, String remedy) {
        super(what, null, false, false);
        this.remedy = remedy;
    }

    /** Both lines, for a terminal. */
    String told() {
        return "error: " + getMessage() + ".\n  " + remedy;
    }
}
