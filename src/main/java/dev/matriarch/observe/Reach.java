package dev.matriarch.observe;

import dev.matriarch.objects.Blueprint;
import dev.matriarch.postgres.Server;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * How a Pod's PostgreSQL is reached: by the Pod's address where there is a route, else by a port-forward through the API server. In a cluster there always
 * is a route; on a laptop there may not be.
 */
@ApplicationScoped
public class Reach {

    private static final Logger LOG = Logger.getLogger(Reach.class);

    /** How to reach Pods. */
    public enum Mode {
        AUTO,
        DIRECT,
        PORT_FORWARD
    }

    private static final int ROUTE_TEST_MILLIS = 400;

    private final KubernetesClient client;
    private final Mode mode;
    private final boolean inCluster;
    private final int port;
    private final Map<String, LocalPortForward> forwards = new ConcurrentHashMap<>();
    private final Map<String, Boolean> routes = new ConcurrentHashMap<>();

    @Inject
    Reach(KubernetesClient client, @ConfigProperty(name = "matriarch.reach", defaultValue = "auto") Mode mode) {
        this(client, mode, System.getenv("KUBERNETES_SERVICE_HOST") != null, Blueprint.PORT);
    }

    /**
     * Reaches Pods.
     *
     * @param inCluster whether this runs in a Pod itself
     * @param port PostgreSQL's port in every Pod
     */
    Reach(KubernetesClient client, Mode mode, boolean inCluster, int port) {
        this.client = client;
        this.mode = mode;
        this.inCluster = inCluster;
        this.port = port;
    }

    /** The server of a Pod that has an address. */
    public Server server(Pod pod, String password) throws IOException {
        String uid = pod.getMetadata().getUid();
        String address = pod.getStatus().getPodIP();
        if (isDirect(uid, address)) {
            return new Server(uid, address.contains(":") ? "[" + address + "]" : address, port, password);
        }
        LocalPortForward forward = forwards.compute(uid, (key, present) -> {
            if (present != null && present.isAlive()) {
                return present;
            }
            return client.pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName())
                    .portForward(port);
        });
        return new Server(uid, "127.0.0.1", forward.getLocalPort(), password);
    }

    /** Forgets a Pod that is gone. */
    public void forget(String uid) {
        routes.remove(uid);
        LocalPortForward forward = forwards.remove(uid);
        if (forward != null) {
            try {
                forward.close();
            } catch (IOException e) {
                LOG.debugf("Port-forward: %s", e.getMessage());
            }
        }
    }

    private boolean isDirect(String uid, String address) {
        return switch (mode) {
            case DIRECT -> true;
            case PORT_FORWARD -> false;
            case AUTO -> inCluster || routes.computeIfAbsent(uid, key -> hasRoute(address));
        };
    }

    /** An accepted connection and a refused one both come from the Pod; silence and an ICMP error do not. */
    private boolean hasRoute(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), ROUTE_TEST_MILLIS);
            return true;
        } catch (ConnectException e) {
            return e.getMessage() != null && e.getMessage().contains("refused");
        } catch (IOException e) {
            return false;
        }
    }

    @PreDestroy
    void closeAll() {
        forwards.keySet().forEach(this::forget);
    }
}
