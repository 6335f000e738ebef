package dev.matriarch.chaos.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What this process did, one line for each event, handed to the kernel before the process goes on. So an attempt is in the log before its
 * first byte is sent, and a client that dies leaves attempts without an outcome, which count as unknown. Each process has a file of its own.
 *
 * <pre>
 * H incarnation microseconds        this process, and the wall clock (microseconds since 1970) at its time 0
 * K writer kind rate                how that writer reaches the primary, and how many writes a second it tries for
 * R time round                      all may write, for this round
 * P time                            all writers rest, nothing is in flight
 * S time writer sequence            about to be sent
 * A time writer sequence commit     acknowledged; microseconds from COMMIT to its answer
 * F time writer sequence reason     failed before COMMIT was sent
 * U time writer sequence reason     COMMIT was sent, and no answer that means yes or no came
 * X time writer reason              no connection
 * r time                            a read succeeded
 * f time reason                     a read failed
 * </pre>
 *
 * Times are microseconds of the monotonic clock since the process began.
 */
final class AttemptLog implements AutoCloseable {

    static final String PREFIX = "attempts-";

    private final long began = System.nanoTime();
    private final int incarnation;
    private final FileChannel file;

    private AttemptLog(int incarnation, FileChannel file) {
        this.incarnation = incarnation;
        this.file = file;
    }

    /** Begins the file of this process: one more than those of its predecessors in this directory. */
    static AttemptLog begin(Path directory) throws IOException {
        int incarnation = 0;
        while (Files.exists(file(directory, incarnation))) {
            incarnation++;
        }
        FileChannel channel =
                FileChannel.open(file(directory, incarnation), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        AttemptLog log = new AttemptLog(incarnation, channel);
        log.line("H " + incarnation + ' ' + System.currentTimeMillis() * 1000);
        return log;
    }

    static Path file(Path directory, int incarnation) {
        return directory.resolve(PREFIX + incarnation);
    }

    /** How many processes of this Pod there were before. */
    int incarnation() {
        return incarnation;
    }

    void writer(int writer, String kind, double perSecond) {
        line("K " + writer + ' ' + kind + ' ' + perSecond);
    }

    void event(char what, Object... details) {
        StringBuilder line = new StringBuilder(48).append(what).append(' ').append((System.nanoTime() - began) / 1000);
        for (Object detail : details) {
            line.append(' ').append(detail);
        }
        line(line.toString());
    }

    private synchronized void line(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + '\n').getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An exception in one line: what PostgreSQL calls it and its first words. */
    static String reason(Exception e) {
        String state = e instanceof java.sql.SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "-";
        String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return state + ' ' + words.substring(0, Math.min(words.length(), 100));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
