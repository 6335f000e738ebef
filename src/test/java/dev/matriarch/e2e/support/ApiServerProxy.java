package dev.matriarch.e2e.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between an operator on this machine and the API server, and does something when a request has been carried out and before the operator hears of it. The operator
 * reaches it by a kubeconfig of its own; it speaks to the API server as an administrator.
 */
public final class ApiServerProxy implements AutoCloseable {

    /** Headers that belong to a connection and not to what goes through it, and those that the client sets itself. */
    private static final Set<String> OF_CONNECTION = Set.of(
            "connection",
            "upgrade",
            "host",
            "content-length",
            "expect",
            "keep-alive",
            "transfer-encoding",
            "authorization",
            "http2-settings");

    private final HttpServer server;
    private final HttpClient client;
    private final String target;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "api server proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<InputStream> watches = ConcurrentHashMap.newKeySet();
    private volatile Fate fate = request -> Optional.empty();

    /** A request of the operator. */
    public record Request(String method, String path) {

        /** Whether it changes something that the operator goes by: Events and Leases are not meant. */
        public boolean writes() {
            return !"GET".equals(method) && !path.contains("/events") && !path.contains("/leases");
        }

        public boolean watches() {
            return path.contains("watch=true");
        }
    }

    /** What is done to requests. Called on the thread of the request, also for several at a time. */
    @FunctionalInterface
    public interface Fate {

        /**
         * Does something when a request has been carried out.
         *
         * @return the HTTP status that the operator gets instead of the answer; empty: it gets the answer
         */
        Optional<Integer> of(Request request) throws Exception;
    }

    private ApiServerProxy(HttpServer server, HttpClient client, String target) {
        this.server = server;
        this.client = client;
        this.target = target;
    }

    /** Starts it; requests go through it unharmed. */
    public static ApiServerProxy start() throws IOException {
        Config config = Config.fromKubeconfig(
                Path.of(TestCluster.property("kubeconfig")).toFile());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        HttpClient client;
        try {
            client = HttpClient.newBuilder()
                    .sslContext(SSLUtils.sslContext(config))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        ApiServerProxy proxy =
                new ApiServerProxy(server, client, config.getMasterUrl().replaceFirst("/+$", ""));
        server.setExecutor(proxy.threads);
        server.createContext("/", proxy::handle);
        server.start();
        return proxy;
    }

    /** What is done to requests from now on. */
    public void fate(Fate next) {
        fate = next;
    }

    /** Requests go through unharmed from now on. */
    public void harmless() {
        fate(request -> Optional.empty());
    }

    /** Ends all watches that are open. */
    public void breakWatches() {
        watches.forEach(ApiServerProxy::close);
    }

    /** A kubeconfig that leads here. */
    public Path kubeconfig() throws IOException {
        Path file = Files.createDirectories(Path.of("target", "e2e"))
                .resolve("proxy-" + server.getAddress().getPort() + ".kubeconfig");
        return Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters: [{name: proxy, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: proxy, user: {}}]
                contexts: [{name: proxy, context: {cluster: proxy, user: proxy}}]
                current-context: proxy
                """.formatted(server.getAddress().getPort()));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(), exchange.getRequestURI().toString());
            byte[] body = exchange.getRequestBody().readAllBytes();
            HttpRequest.Builder forwarded = HttpRequest.newBuilder(URI.create(target + request.path()))
                    .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OF_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    values.forEach(value -> forwarded.header(name, value));
                }
            });
            HttpResponse<InputStream> response =
                    client.send(forwarded.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream answer = response.body()) {
                Optional<Integer> instead = fate.of(request);
                if (instead.isPresent()) {
                    refuse(exchange, instead.get());
                } else {
                    pass(exchange, request, response, answer);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw e; // one side has closed the connection
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void pass(HttpExchange exchange, Request request, HttpResponse<InputStream> response, InputStream answer)
            throws IOException {
        response.headers().map().forEach((name, values) -> {
            if (!name.startsWith(":") && !OF_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, List.copyOf(values));
            }
        });
        if (!request.watches()) {
            byte[] all = answer.readAllBytes();
            exchange.sendResponseHeaders(response.statusCode(), all.length == 0 ? -1 : all.length);
            exchange.getResponseBody().write(all);
            return;
        }
        exchange.sendResponseHeaders(response.statusCode(), 0);
        watches.add(answer);
        try {
            OutputStream out = exchange.getResponseBody();
            byte[] some = new byte[16_384];
            for (int read = answer.read(some); read >= 0; read = answer.read(some)) {
                out.write(some, 0, read);
                out.flush();
            }
        } finally {
            watches.remove(answer);
        }
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        byte[] body = """
                {"kind":"Status","apiVersion":"v1","status":"Failure","message":"by the proxy of the tests","code":%d}""".formatted(status).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        breakWatches();
        threads.shutdownNow();
    }
}
