package dev.matriarch.decide;

/** Something that must never be seen in a {@link World}, and was. The world stands still then: its message tells it with its trace. */
final class Violation extends AssertionError {

    /** What it is about. */
    enum Kind {
        /** An invariant is broken: an acknowledged commit is lost, or nothing but luck keeps it. */
        SAFETY,
        /** Nothing is in the way any more, and the cluster does not become whole. */
        LIVENESS,
        /** The decision, or the simulation itself, ended with an error. */
        ERROR
    }

    final Kind kind;
    private final transient World world;

    Violation(Kind kind, String what, World world) {
        this(kind, what, world, null);
    }

    Violation(Kind kind, String what, World world, Throwable cause) {
        super(kind + ": " + what, cause);
        this.kind = kind;
        this.world = world;
    }

    /** The first line. */
    String what() {
        return super.getMessage();
    }

    @Override
    public String getMessage() {
        return what() + "\n" + world;
    }
}
