package dev.matriarch.chaos.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The rounds that writes belong to, and the rests between them. The round is kept beside the log: a client whose node lost its power goes on
 * by itself, as an application would.
 */
final class Rounds {

    private static final int RESTING = -1;

    private final AttemptLog log;
    private final Path kept;
    private int round = RESTING;
    private int inFlight;

    Rounds(AttemptLog log, Path directory) throws IOException {
        this.log = log;
        this.kept = directory.resolve("round");
        if (Files.exists(kept)) {
            begin(Integer.parseInt(Files.readString(kept).strip()));
        }
    }

    /** Lets all write, for a round. */
    synchronized void begin(int number) throws IOException {
        Files.writeString(kept, Integer.toString(number));
        round = number;
        if (number != RESTING) {
            log.event('R', number);
        }
        notifyAll();
    }

    /** Lets nobody begin another write, and waits until nothing is in flight. */
    synchronized void rest() throws IOException, InterruptedException {
        begin(RESTING);
        while (inFlight > 0) {
            wait();
        }
        log.event('P');
    }

    /** The round, once there is one; the caller must call {@link #done}. */
    synchronized int enter() throws InterruptedException {
        while (round == RESTING) {
            wait();
        }
        inFlight++;
        return round;
    }

    synchronized void done() {
        inFlight--;
        notifyAll();
    }

    synchronized int current() {
        return round;
    }
}
