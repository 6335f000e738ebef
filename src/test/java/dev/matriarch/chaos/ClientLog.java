package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The log of one client process, as {@code AttemptLog} writes it, read piece by piece. Times come out as microseconds since 1970 by the clock that
 * the process read once; differences are those of its monotonic clock.
 */
final class ClientLog {

    /** What a read did. */
    record Read(long at, boolean succeeded) {}

    /** A connection that did not come about, or an attempt that was not acknowledged, and why. */
    record Trouble(long at, String reason) {}

    private final Map<Integer, Way> ways = new HashMap<>();
    private final Map<Long, Attempt> open = new HashMap<>();
    private final StringBuilder rest = new StringBuilder();
    private List<Attempt> attempts = new ArrayList<>();
    private List<Read> reads = new ArrayList<>();
    private List<Trouble> troubles = new ArrayList<>();
    private double offered;
    private int incarnation;
    private long zero;
    private int round;

    /** Takes the next piece. A last line without its end is kept until the rest comes; in a dead process's log it never does, and nothing was done on it. */
    void read(byte[] piece) {
        rest.append(new String(piece, StandardCharsets.UTF_8));
        int from = 0;
        for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", from)) {
            line(rest.substring(from, end));
            from = end + 1;
        }
        rest.delete(0, from);
    }

    private void line(String line) {
        String[] words = line.split(" ", 5);
        long second = Long.parseLong(words[1]);
        switch (words[0]) {
            case "H" -> {
                incarnation = (int) second;
                zero = Long.parseLong(words[2]);
            }
            case "K" -> {
                ways.put((int) second, Way.valueOf(words[2].toUpperCase(Locale.ROOT)));
                offered += Double.parseDouble(words[3]);
            }
            case "R" -> round = Integer.parseInt(words[2]);
            case "P" -> {}
            case "S" -> sent(zero + second, Integer.parseInt(words[2]), Long.parseLong(words[3]));
            case "A" -> ended(words, Outcome.ACKNOWLEDGED, Long.parseLong(words[4]));
            case "F" -> ended(words, Outcome.FAILED, 0);
            case "U" -> ended(words, Outcome.UNKNOWN, 0);
            case "X" -> troubles.add(new Trouble(zero + second, line.split(" ", 4)[3]));
            case "r" -> reads.add(new Read(zero + second, true));
            case "f" -> reads.add(new Read(zero + second, false));
            default -> throw new IllegalArgumentException("a line of a client's log: " + line);
        }
    }

    private static long id(int incarnation, int writer, long sequence) {
        return ((incarnation * 1000L + writer) << 32) | sequence;
    }

    private void sent(long at, int writer, long sequence) {
        long id = id(incarnation, writer, sequence);
        open.put(id, new Attempt(round, writer, ways.get(writer), id, at, at, Outcome.UNKNOWN, 0));
    }

    /** An outcome of an attempt that is not open (was never begun, or had its outcome) is kept too: {@link Verification} tells that. */
    private void ended(String[] words, Outcome outcome, long commit) {
        long at = zero + Long.parseLong(words[1]);
        int writer = Integer.parseInt(words[2]);
        long id = id(incarnation, writer, Long.parseLong(words[3]));
        Attempt begun = open.remove(id);
        attempts.add(new Attempt(
                begun == null ? round : begun.round(),
                writer,
                ways.get(writer),
                id,
                begun == null ? at : begun.sent(),
                at,
                outcome,
                commit));
        if (outcome != Outcome.ACKNOWLEDGED) {
            troubles.add(new Trouble(at, words[4]));
        }
    }

    /** What came since this was last called, when nothing is in flight: attempts without an outcome are those of a process that died. */
    Piece take() {
        attempts.addAll(open.values());
        open.clear();
        Piece piece = new Piece(attempts, reads, troubles, offered);
        attempts = new ArrayList<>();
        reads = new ArrayList<>();
        troubles = new ArrayList<>();
        return piece;
    }

    /**
     * What one process did in a while.
     *
     * @param offered writes a second that its writers try for, all together
     */
    record Piece(List<Attempt> attempts, List<Read> reads, List<Trouble> troubles, double offered) {}
}
