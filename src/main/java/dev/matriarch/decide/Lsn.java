package dev.matriarch.decide;

/**
 * A position in the write-ahead log, in bytes (unsigned), as {@code pg_lsn}.
 *
 * @param bytes the position
 */
public record Lsn(long bytes) implements Comparable<Lsn> {

    /** Before everything: what PostgreSQL writes as {@code 0/0}. */
    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads PostgreSQL's notation.
     *
     * @param text such as {@code 16/B374D848}; null or empty is {@link #ZERO}
     * @throws IllegalArgumentException when it is something else
     */
    public static Lsn parse(String text) {
        if (text == null || text.isEmpty()) {
            return ZERO;
        }
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("not a WAL position: " + text);
        }
        return new Lsn(Long.parseUnsignedLong(text.substring(0, slash), 16) << 32
                | Long.parseUnsignedLong(text.substring(slash + 1), 16));
    }

    /** Bytes from {@code other} to here; 0 when {@code other} is ahead. */
    public long bytesAfter(Lsn other) {
        return compareTo(other) <= 0 ? 0 : bytes - other.bytes;
    }

    /** Whether this position is at or past {@code other}. */
    public boolean reaches(Lsn other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return Long.toHexString(bytes >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(bytes & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
