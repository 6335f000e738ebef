package dev.matriarch.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.decide.Mark;
import dev.matriarch.decide.Protocol;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The wire form of marks. */
public final class Marks {

    private static final Logger LOG = Logger.getLogger(Marks.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Marks() {}

    /** One line of JSON. */
    public static String write(Mark mark) {
        try {
            return JSON.writeValueAsString(ProtocolJson.of(mark.protocol()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads it; empty when there is none. One that cannot be read is logged and counts as none, which never destroys anything. */
    public static Optional<Mark> read(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Protocol protocol = JSON.readValue(text, ProtocolJson.class).protocol();
            return protocol.initialised() ? Optional.of(new Mark(protocol)) : Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException e) {
            LOG.warnf("A mark cannot be read: %s", e.getMessage());
            return Optional.empty();
        }
    }
}
