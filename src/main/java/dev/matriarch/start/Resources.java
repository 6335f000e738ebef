package dev.matriarch.start;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is packed with the program. */
final class Resources {

    private Resources() {}

    /** The program's version. */
    static String version() {
        return read("version.txt").strip();
    }

    /** The lines of a file that are not comments. */
    static List<String> lines(String file) {
        return read(file).lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static String read(String file) {
        try (InputStream stream = Resources.class.getResourceAsStream("/needs/" + file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
