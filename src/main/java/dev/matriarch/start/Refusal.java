package dev.matriarch.start;

/** Why the operator does not start: one line says what is wrong, one what to do. */
class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;
    private final boolean mayPass;

    /** One that stays as it is until somebody does something. */
    Refusal(String what, String remedy) {
        this(what, remedy, false);
    }

    /**
     * Says what is wrong.
     *
     * @param mayPass whether it may be otherwise in a moment, because the API server shows what was made with some delay
     */
    Refusal(String what, String remedy, boolean mayPass) {
        super(what, null, false, false);
        this.remedy = remedy;
        this.mayPass = mayPass;
    }

    boolean mayPass() {
        return mayPass;
    }

    /** Both lines, for a terminal. */
    String told() {
        return "error: " + getMessage() + ".\n  " + remedy;
    }
}
