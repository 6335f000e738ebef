package dev.matriarch.start;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.Map;

/** Looks whether health and metrics can be served, before Quarkus finds out when everything else has begun, in many words. */
final class Port {

    /** Quarkus' own name for it. */
    static final String PROPERTY = "quarkus.http.port";

    private static final String DEFAULT = "8080";

    private Port() {}

    /**
     * Sees to it that it is free.
     *
     * @param configuration what the command line has set
     * @throws Refusal if somebody else listens there
     */
    static void check(Map<String, String> configuration, Map<String, String> environment) {
        String port = configuration.getOrDefault(PROPERTY, environment.getOrDefault("QUARKUS_HTTP_PORT", DEFAULT));
        if (!port.matches("[0-9]{1,5}")) {
            return; // Quarkus says what is wrong with it
        }
        try (ServerSocket socket = new ServerSocket(Integer.parseInt(port))) {
            socket.getLocalPort();
        } catch (BindException e) {
            throw new Refusal(
                    "the port " + port + " for health and metrics is in use, or may not be used",
                    "End who listens there, or choose another with --port; 0 takes any that is free.");
        } catch (IOException | IllegalArgumentException e) {
            return; // so it is with what has nothing to do with who listens
        }
    }
}
