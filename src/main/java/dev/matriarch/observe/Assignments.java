package dev.matriarch.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.decide.Assignment;
import dev.matriarch.decide.Assignment.Deed;
import dev.matriarch.decide.Assignment.Role;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** The wire form of an assignment, as in docs/supervisor.md: the supervisor parses it with the shell's own means, so it is strict. */
public final class Assignments {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Assignments() {}

    /** One line of JSON, keys in their order. */
    public static String write(Assignment assignment) {
        return String.format(
                "{\"v\":1,\"epoch\":%d,\"deed\":\"%s\",\"role\":\"%s\",\"upstream\":\"%s\",\"systemIdentifier\":\"%s\"}",
                assignment.epoch(),
                assignment.deed().name().toLowerCase(Locale.ROOT),
                assignment.role().name().toLowerCase(Locale.ROOT),
                assignment.upstream(),
                assignment.systemIdentifier());
    }

    /** Reads it; empty when it is none that we would write. */
    public static Optional<Assignment> read(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode node = JSON.readTree(text);
            Assignment assignment = new Assignment(
                    node.path("epoch").asLong(),
                    Deed.valueOf(node.path("deed").asText().toUpperCase(Locale.ROOT)),
                    Role.valueOf(node.path("role").asText().toUpperCase(Locale.ROOT)),
                    node.path("upstream").asText(),
                    node.path("systemIdentifier").asText());
            return write(assignment).equals(text) ? Optional.of(assignment) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
