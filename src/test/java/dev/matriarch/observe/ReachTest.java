package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.matriarch.observe.Reach.Mode;
import dev.matriarch.postgres.Server;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Directly, where there is a route to the Pod; else by a port-forward, whose end on this machine is there before anybody asks the API server. */
class ReachTest {

    private static final String HERE = "127.0.0.1";

    private final KubernetesClient client = new KubernetesClientBuilder()
            .editOrNewConfig()
            .withMasterUrl("http://127.0.0.1:1")
            .endConfig()
            .build();
    private final List<Reach> all = new ArrayList<>();

    @AfterEach
    void end() {
        all.forEach(Reach::closeAll);
        client.close();
    }

    @Test
    void aPodThatAcceptsConnectionsIsReachedDirectly() throws IOException {
        try (ServerSocket postgresql = listening()) {
            Reach reach = outside(Mode.AUTO, postgresql.getLocalPort());
            assertThat(reach.server(pod("a", HERE), "secret"))
                    .isEqualTo(new Server("a", HERE, postgresql.getLocalPort(), "secret"));
        }
    }

    @Test
    void aRefusalComesFromThePodToo() throws IOException {
        int port = refusing();
        assertThat(outside(Mode.AUTO, port).server(pod("a", HERE), "secret"))
                .isEqualTo(new Server("a", HERE, port, "secret"));
    }

    @Test
    void whereNobodyAnswersThereIsNoRoute() throws IOException {
        try (Silent silent = new Silent()) {
            silent.fallSilent();
            Server server = outside(Mode.AUTO, silent.port()).server(pod("a", HERE), "secret");
            assertThat(server.host()).isEqualTo(HERE);
            assertThat(server.port()).as("a port-forward's").isNotEqualTo(silent.port());
        }
    }

    /** A TCP connection to a group of machines fails in this one's kernel, with what a router would say too. */
    @Test
    void whereTheKernelSaysThatThereIsNoneThereIsNone() throws IOException {
        Server server = outside(Mode.AUTO, 5432).server(pod("a", "224.0.0.1"), "secret");
        assertThat(server.host()).isEqualTo(HERE);
    }

    @Test
    void aPodIsTriedOnceAndANewOneAnew() throws IOException {
        try (Silent later = new Silent()) {
            Reach reach = outside(Mode.AUTO, later.port());
            assertThat(reach.server(pod("a", HERE), "secret").port()).isEqualTo(later.port());
            later.fallSilent();
            assertThat(reach.server(pod("a", HERE), "secret").port()).isEqualTo(later.port());
            assertThat(reach.server(pod("b", HERE), "secret").port()).isNotEqualTo(later.port());
            reach.forget("a");
            assertThat(reach.server(pod("a", HERE), "secret").port()).isNotEqualTo(later.port());
        }
    }

    @Test
    void aPodHasOnePortForwardThatEndsWithIt() throws IOException {
        Reach reach = outside(Mode.PORT_FORWARD, refusing());
        Server first = reach.server(pod("a", HERE), "secret");
        assertThat(reach.server(pod("a", HERE), "secret")).isEqualTo(first);
        assertThat(reach.server(pod("b", HERE), "secret").port()).isNotEqualTo(first.port());

        reach.forget("a");

        await().until(() -> !accepts(first.port()));
    }

    @Test
    void insideTheClusterNobodyIsTried() throws IOException {
        try (Silent silent = new Silent()) {
            silent.fallSilent();
            Reach reach = new Reach(client, Mode.AUTO, true, silent.port());
            assertThat(reach.server(pod("a", HERE), "secret").port()).isEqualTo(silent.port());
        }
    }

    @Test
    void whoSaysDirectlyIsBelieved() throws IOException {
        Reach reach = outside(Mode.DIRECT, 5432);
        assertThat(reach.server(pod("a", "192.0.2.1"), "secret")).hasToString("192.0.2.1:5432");
        assertThat(reach.server(pod("b", "2001:db8::1"), "secret")).hasToString("[2001:db8::1]:5432");
    }

    private Reach outside(Mode mode, int port) {
        Reach reach = new Reach(client, mode, false, port);
        all.add(reach);
        return reach;
    }

    private static Pod pod(String uid, String address) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("orders-0")
                .withNamespace("shop")
                .withUid(uid)
                .endMetadata()
                .withNewStatus()
                .withPodIP(address)
                .endStatus()
                .build();
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getByName(HERE));
    }

    /** A port that nobody listens at. */
    private static int refusing() throws IOException {
        try (ServerSocket gone = listening()) {
            return gone.getLocalPort();
        }
    }

    private static boolean accepts(int port) throws IOException {
        try (Socket socket = new Socket(HERE, port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /** A port that listens, and whose queue can be filled: then the kernel drops whatever comes to it, as a network without a route does. */
    private static final class Silent implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(HERE));
        private final List<Socket> queue = new ArrayList<>();

        Silent() throws IOException {}

        void fallSilent() throws IOException {
            boolean full = false;
            while (!full) {
                Socket next = new Socket();
                queue.add(next);
                try {
                    next.connect(server.getLocalSocketAddress(), 100);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket each : queue) {
                each.close();
            }
            server.close();
        }
    }
}
