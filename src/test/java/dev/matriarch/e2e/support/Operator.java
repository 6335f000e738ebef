package dev.matriarch.e2e.support;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** The operator as the manifest has installed it: a Deployment of two replicas in the namespace {@code matriarch}. */
public final class Operator {

    private static final String NAMESPACE = "matriarch";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    private Operator() {}

    /** {@code kubectl} in its namespace. */
    public static Kubectl kubectl() {
        TestCluster.property("local"); // there is no Deployment in a cluster of the user's own
        return new Kubectl(NAMESPACE);
    }

    /** Its Pods that are not being deleted. */
    public static List<Pod> pods() {
        return TestCluster.client()
                .pods()
                .inNamespace(NAMESPACE)
                .withLabel("app.kubernetes.io/name", "matriarch")
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** How often containers of its Pods were started anew. */
    public static int restarts() {
        return pods().stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    /** Its image. */
    public static String image() {
        return kubectl()
                .does("get", "deployment/matriarch", "-o", "jsonpath={.spec.template.spec.containers[0].image}");
    }

    /** The Pod that holds the Lease. */
    public static Pod leader() {
        String holder = holder();
        return pods().stream()
                .filter(pod -> holder.contains(pod.getMetadata().getName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no Pod is " + holder));
    }

    /** Who holds the Lease. */
    public static String holder() {
        return TestCluster.client()
                .leases()
                .inNamespace(NAMESPACE)
                .withName("matriarch")
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    /** All that its Pods have logged, also in containers that ended. */
    public static String logs() {
        return kubectl().does("logs", "--tail=-1", "--prefix", "-l", "app.kubernetes.io/name=matriarch");
    }

    /**
     * Kills the process of one, as the kernel does when memory is out: it releases no Lease and says nothing to anybody. The kubelet starts another in the same Pod, at
     * once the first time, after ever longer when it happens again.
     *
     * @return whether the Pod has another process, which is ready, or is gone
     */
    public static Callable<Boolean> kill(Pod pod) {
        ContainerProcess process = ContainerProcess.of(pod);
        process.signal("KILL");
        Waiting.await(pod.getMetadata().getName() + " has ended").until(() -> !process.lives());
        return () -> {
            Pod now = TestCluster.client().resource(pod).get();
            return now == null
                    || !now.getMetadata().getUid().equals(pod.getMetadata().getUid())
                    || !ContainerProcess.container(now).equals(process.container()) && Readiness.isPodReady(now);
        };
    }

    /** Stops the process of one, which from then on gets no time, as on a machine that is dead: it renews nothing, releases nothing, and nobody starts it again. Ends by {@link #kill}. */
    public static void hang(Pod pod) {
        ContainerProcess.of(pod).signal("STOP");
    }

    /** Waits until both replicas are available, and none of an earlier form is left. */
    public static void awaitAvailable() {
        kubectl().does("rollout", "status", "deployment/matriarch", "--timeout=240s");
        Waiting.await("two operators").until(() -> pods().size() == 2);
    }

    /** Takes it away, so that another can take its place; {@link #back} brings it back. */
    public static void away() {
        kubectl().does("scale", "deployment/matriarch", "--replicas=0");
        kubectl().does("wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name=matriarch", "--timeout=120s");
    }

    /** Brings it back, and waits until it is available. */
    public static void back() {
        kubectl().does("scale", "deployment/matriarch", "--replicas=2");
        awaitAvailable();
    }

    /** Is away until that is closed. */
    static Fewer absent() {
        away();
        return new Fewer();
    }

    /** Has one replica until that is closed. */
    static Fewer single() {
        kubectl().does("scale", "deployment/matriarch", "--replicas=1");
        Waiting.await("one operator").until(() -> pods().size() == 1);
        return new Fewer();
    }

    /** Until it is closed there are fewer. They return if the cluster is kept; nobody waits for that: whoever uses it next does. */
    static final class Fewer implements AutoCloseable {

        private Fewer() {}

        @Override
        public void close() {
            if (!TestCluster.isKept()) {
                return; // what runs next has no use for them either
            }
            kubectl().does("scale", "deployment/matriarch", "--replicas=2");
        }
    }

    /** Reconciles that succeeded so far, by all Pods. */
    public static long reconciles() {
        return pods().stream().mapToLong(Operator::reconciles).sum();
    }

    /** Reconciles that succeeded so far, by one Pod. */
    public static long reconciles(Pod pod) {
        return reconciles(get(pod, "/q/metrics"));
    }

    /** Reconciles that succeeded so far, by the metrics of one. */
    static long reconciles(String metrics) {
        return metrics.lines()
                .filter(line ->
                        line.startsWith("matriarch_reconcile_seconds_count") && line.contains("outcome=\"success\""))
                .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
                .sum();
    }

    /** What a Pod of it answers. */
    public static String get(Pod pod, String path) {
        return get(pod.getStatus().getPodIP() + ":8080", path);
    }

    /** What one answers at an address with its port. */
    static String get(String address, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
