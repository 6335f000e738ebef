package dev.matriarch.e2e.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The head of a request of HTTP/1.1.
 *
 * @param method in capitals
 * @param target path and query
 * @param headers as they came, one a line
 * @param at when it came, by {@link System#nanoTime}
 */
public record HttpHead(String method, String target, List<String> headers, long at) {

    private static final String END = "\r\n\r\n";
    private static final int LIMIT = 65_536;

    /** Reads one; null when the connection ends before. */
    static HttpHead read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int seen = 0; seen < END.length(); ) {
            int next = in.read();
            if (next < 0 || bytes.size() > LIMIT) {
                return null;
            }
            bytes.write(next);
            seen = next == END.charAt(seen) ? seen + 1 : next == END.charAt(0) ? 1 : 0;
        }
        List<String> lines =
                bytes.toString(StandardCharsets.ISO_8859_1).strip().lines().toList();
        String[] words = lines.get(0).split(" ");
        return new HttpHead(words[0], words[1], lines.subList(1, lines.size()), System.nanoTime());
    }

    /** Whether it asks for changes as they come. */
    public boolean isWatch() {
        return target.contains("watch=true");
    }

    /** Whether it changes something. */
    public boolean isWrite() {
        return !method.equals("GET") && !target.contains("/authorization.k8s.io/");
    }

    /** Whether it makes an Event. */
    public boolean isEvent() {
        return isWrite() && target.endsWith("/events");
    }

    /** The same head for a connection that ends with the answer, unless it becomes a WebSocket. */
    String forOneRequest(String host) {
        boolean upgrades = headers.stream().anyMatch(each -> name(each).equals("upgrade"));
        return headers.stream()
                .filter(each -> !name(each).equals("host"))
                .filter(each -> upgrades || !name(each).equals("connection"))
                .collect(Collectors.joining(
                        "\r\n",
                        method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n"
                                + (upgrades ? "" : "Connection: close\r\n"),
                        END));
    }

    /** Reads what follows it, so that an answer is not lost by the end of the connection. */
    void skipBody(InputStream in) throws IOException {
        int length = headers.stream()
                .filter(each -> name(each).equals("content-length"))
                .mapToInt(each ->
                        Integer.parseInt(each.substring(each.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
        in.readNBytes(length);
    }

    private static String name(String header) {
        return header.substring(0, Math.max(0, header.indexOf(':'))).toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return method + " " + target;
    }
}
