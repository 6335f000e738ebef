package dev.matriarch.e2e.support;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import javax.net.SocketFactory;

/**
 * The API server behind a door that can be made to fail: it hands requests on with the rights of the kubeconfig of the tests, or does to them what {@link Treatment} says.
 * Each connection carries one request, so what follows the head is bytes, be it a body, an answer or a watch.
 */
public final class ApiServerProxy implements AutoCloseable {

    private static final int BUFFER = 16_384;

    private final ServerSocket door;
    private final URI server;
    private final SocketFactory tls;
    private final Path kubeconfig;
    private final ConcurrentLinkedQueue<HttpHead> requests = new ConcurrentLinkedQueue<>();
    private final Set<Socket> watches = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "API server proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Object changed = new Object();
    private volatile Treatment treatment = Treatment.NONE;
    private volatile boolean over;

    private ApiServerProxy(ServerSocket door, URI server, SocketFactory tls, Path kubeconfig) {
        this.door = door;
        this.server = server;
        this.tls = tls;
        this.kubeconfig = kubeconfig;
    }

    /** Opens the door, for whoever uses {@link #kubeconfig}. */
    public static ApiServerProxy open(String name) {
        Config real = Config.fromKubeconfig(
                Path.of(TestCluster.property("kubeconfig")).toFile());
        try {
            ServerSocket door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
            Path kubeconfig = Files.createDirectories(Path.of("target", "e2e")).resolve(name + "-proxy.kubeconfig");
            Files.writeString(kubeconfig, """
                    apiVersion: v1
                    kind: Config
                    current-context: proxy
                    clusters: [{name: proxy, cluster: {server: "http://127.0.0.1:%d"}}]
                    contexts: [{name: proxy, context: {cluster: proxy, user: proxy}}]
                    users: [{name: proxy, user: {}}]
                    """.formatted(door.getLocalPort()));
            ApiServerProxy proxy = new ApiServerProxy(
                    door,
                    URI.create(real.getMasterUrl()),
                    SSLUtils.sslContext(real).getSocketFactory(),
                    kubeconfig);
            proxy.threads.execute(proxy::welcome);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The kubeconfig of whoever is to come through here. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** From now on requests and watches are treated so. What was held goes on as soon as it is not held any more. */
    public void treat(Treatment next) {
        synchronized (changed) {
            treatment = next;
            changed.notifyAll();
        }
    }

    /** Cuts all watches that there are. */
    public void cutWatches() {
        watches.forEach(ApiServerProxy::closeQuietly);
    }

    /** How many of these were asked since then. */
    public long count(long sinceNanoTime, Predicate<HttpHead> which) {
        return requests.stream()
                .filter(each -> each.at() - sinceNanoTime >= 0)
                .filter(which)
                .count();
    }

    /** What was asked since then. */
    public List<HttpHead> requests(long sinceNanoTime) {
        return requests.stream().filter(each -> each.at() - sinceNanoTime >= 0).toList();
    }

    private void welcome() {
        while (!over) {
            try {
                Socket client = door.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                if (!over) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            HttpHead request = HttpHead.read(client.getInputStream());
            if (request == null) {
                return;
            }
            requests.add(request);
            if (request.isWatch()) {
                watches.add(client);
            }
            Treatment.Verdict verdict = treatment.of(request);
            await(request);
            if (verdict.status() < 0) {
                client.getInputStream().transferTo(OutputStream.nullOutputStream()); // until the client gives up
                return;
            }
            if (verdict.status() > 0) {
                request.skipBody(client.getInputStream());
                client.getOutputStream().write(verdict.answer());
                return;
            }
            handOn(request, client, verdict);
        } catch (IOException e) {
            // one of the two has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watches.remove(client);
        }
    }

    private void handOn(HttpHead request, Socket client, Treatment.Verdict verdict)
            throws IOException, InterruptedException {
        try (Socket upstream = tls.createSocket(server.getHost(), server.getPort())) {
            upstream.setTcpNoDelay(true);
            upstream.getOutputStream()
                    .write(request.forOneRequest(server.getAuthority()).getBytes(StandardCharsets.ISO_8859_1));
            threads.execute(() -> {
                try {
                    client.getInputStream().transferTo(new Flushing(upstream.getOutputStream()));
                } catch (IOException e) {
                    // the answer ends it
                } finally {
                    closeQuietly(upstream); // the client has gone, so nobody waits for an answer
                }
            });
            if (verdict.answerLost()) {
                upstream.getInputStream().transferTo(OutputStream.nullOutputStream());
                return;
            }
            InputStream answer = upstream.getInputStream();
            OutputStream to = client.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            int read = answer.read(buffer);
            Thread.sleep(verdict.delay().toMillis());
            while (read >= 0) {
                await(request);
                to.write(buffer, 0, read);
                to.flush();
                read = answer.read(buffer);
            }
        }
    }

    /** Waits while it is held. */
    private void await(HttpHead request) throws InterruptedException {
        synchronized (changed) {
            while (!over && treatment.holds(request)) {
                changed.wait();
            }
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }

    @Override
    public void close() {
        over = true;
        treat(Treatment.NONE);
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    /** Requests of this kind in a second, on an average since then. */
    public double perSecond(long sinceNanoTime, Predicate<HttpHead> which) {
        return count(sinceNanoTime, which)
                / (Duration.ofNanos(System.nanoTime() - sinceNanoTime).toMillis() / 1000.0);
    }

    /** Hands on what is written at once. */
    private static final class Flushing extends OutputStream {
        private final OutputStream to;

        Flushing(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            to.write(b);
            to.flush();
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            to.write(bytes, from, length);
            to.flush();
        }
    }
}
