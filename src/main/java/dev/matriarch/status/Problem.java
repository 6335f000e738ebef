package dev.matriarch.status;

/**
 * Something that was asked for and is refused; what runs goes on as it was.
 *
 * @param field the field of the spec, or the object and key, that it is about
 * @param message what is wrong and what would be right
 */
public record Problem(String field, String message) {

    /** Of a new cluster that does not know yet whom to admit: whatever else is well, no client comes in. */
    public static final Problem NO_CLIENT_ADMITTED =
            new Problem("spec.postgresql.hba", "no client is admitted before this is corrected.");

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
