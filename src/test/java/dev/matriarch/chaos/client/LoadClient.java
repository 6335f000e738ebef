package dev.matriarch.chaos.client;

import java.io.IOException;
import java.nio.file.Path;
import java.security.Security;
import java.sql.DriverManager;
import java.util.Locale;

/**
 * The client's main class. By environment: {@code WRITERS} (such as {@code 0=service,3=multihost}), {@code WRITES_PER_SECOND} of each,
 * {@code ANSWER_MILLIS}, {@code CLUSTER}, {@code URI_SERVICE}, {@code URI_MULTIHOST}, {@code LOG_DIRECTORY}.
 */
public final class LoadClient {

    private LoadClient() {}

    public static void main(String[] arguments) throws IOException {
        // As an application whose databases move: a name is asked for again after a second, and known when DNS is away.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.stale.ttl", "600");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        DriverManager.drivers().findAny().orElseThrow();
        Path directory = Path.of(setting("LOG_DIRECTORY"));
        AttemptLog log = AttemptLog.begin(directory); // for as long as the process lives
        Rounds rounds = new Rounds(log, directory);
        int patience = Integer.parseInt(setting("ANSWER_MILLIS"));
        double perSecond = Double.parseDouble(setting("WRITES_PER_SECOND"));
        for (String writer : setting("WRITERS").split(",")) {
            int number = Integer.parseInt(writer.split("=")[0]);
            String kind = writer.split("=")[1];
            log.writer(number, kind, perSecond);
            Way way = new Way(setting("URI_" + kind.toUpperCase(Locale.ROOT)), patience);
            new Thread(new Writer(number, way, perSecond, log, rounds), "writer-" + number).start();
        }
        String replicas =
                setting("URI_SERVICE").replace(setting("CLUSTER") + "-primary.", setting("CLUSTER") + "-replicas.");
        new Thread(new Reader(new Way(replicas, patience), log, rounds), "reader").start();
        new ControlServer(log, rounds, directory).start();
    }

    private static String setting(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException("The environment has no " + name + ".");
        }
        return value;
    }
}
