package dev.matriarch.status;

/**
 * Something that was asked for and is refused; what runs goes on as it was.
 *
 * @param field the field of the spec, or the object and key, that it is about
 * @param message what is wrong and what would be right
 */
public record Problem(String field, String message) {

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
