package dev.matriarch.chaos.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * How the client is told what to do, and its log read. {@code POST /round/7}, {@code POST /rest} (answers when nothing is in flight),
 * {@code GET /state} (incarnation and round), {@code GET /log/INCARNATION/OFFSET} (what follows that byte).
 */
final class ControlServer {

    static final int PORT = 8080;

    private final AttemptLog log;
    private final Rounds rounds;
    private final Path directory;

    ControlServer(AttemptLog log, Rounds rounds, Path directory) {
        this.log = log;
        this.rounds = rounds;
        this.directory = directory;
    }

    void start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
        server.setExecutor(Executors.newFixedThreadPool(2));
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String[] words = exchange.getRequestURI().getPath().substring(1).split("/");
        try {
            switch (words[0]) {
                case "round" -> rounds.begin(Integer.parseInt(words[1]));
                case "rest" -> rounds.rest();
                case "log" -> {
                    send(exchange, Integer.parseInt(words[1]), Long.parseLong(words[2]));
                    return;
                }
                default -> {}
            }
            answer(exchange, 200, log.incarnation() + " " + rounds.current());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer(exchange, 503, "ending");
        } catch (IOException | RuntimeException e) {
            answer(exchange, 500, e.toString());
        } finally {
            exchange.close();
        }
    }

    private void send(HttpExchange exchange, int incarnation, long offset) throws IOException {
        try (FileChannel file = FileChannel.open(AttemptLog.file(directory, incarnation))) {
            long end = file.size();
            exchange.sendResponseHeaders(200, end == offset ? -1 : end - offset);
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            OutputStream body = exchange.getResponseBody();
            long position = offset;
            while (position < end) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                position += file.read(buffer, position);
                body.write(buffer.array(), 0, buffer.position());
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
