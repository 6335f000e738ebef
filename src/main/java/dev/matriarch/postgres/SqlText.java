package dev.matriarch.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** SQL that is kept in files, and the quoting of what goes into it where no parameter can stand. */
final class SqlText {

    private SqlText() {}

    static String load(String name) {
        try (InputStream in = SqlText.class.getResourceAsStream("/sql/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A string constant, right under either setting of {@code standard_conforming_strings}. */
    static String literal(String text) {
        String quoted = "'" + text.replace("'", "''") + "'";
        return text.contains("\\") ? " E" + quoted.replace("\\", "\\\\") : quoted;
    }

    /** What a server said, on one line. */
    static String oneLine(SQLException e) {
        return e.getMessage().strip().replaceAll("\\s*\\n\\s*", "; ");
    }

    /** A quoted identifier. */
    static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
