package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.StatusCondition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** A PgCluster under test, and the ways to its databases. */
public final class Cluster {

    private final TestNamespace namespace;
    private final String name;

    Cluster(TestNamespace namespace, String name) {
        this.namespace = namespace;
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** The name of its namespace. */
    String namespace() {
        return namespace.name();
    }

    public Kubectl kubectl() {
        return namespace.kubectl();
    }

    private KubernetesClient client() {
        return namespace.client();
    }

    /** {@code kubectl apply} of a PgCluster with this spec: YAML such as {@code {instances: 2}}, or lines that begin in the first column. */
    public Cluster apply(String spec) {
        kubectl().apply(yaml(spec)).orThrow();
        return this;
    }

    /** The PgCluster as a user writes it. */
    public String yaml(String spec) {
        return "apiVersion: postgres.matriarch.dev/v1\nkind: PgCluster\nmetadata:\n  name: " + name + "\nspec:\n"
                + spec.strip().indent(2);
    }

    /** {@code kubectl patch} of the spec with JSON. */
    public void patch(String json) {
        kubectl().does("patch", "pgc", name, "--type=merge", "-p", "{\"spec\":" + json + "}");
    }

    /** The PgCluster as it is now. */
    public PgCluster get() {
        return client().resources(PgCluster.class)
                .inNamespace(namespace.name())
                .withName(name)
                .get();
    }

    public PgClusterStatus status() {
        return get().getStatus();
    }

    public StatusCondition condition(String type) {
        return status().conditions().stream()
                .filter(each -> each.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the newest spec is in force: ready, every standby streams, nothing under way. */
    public Cluster awaitSettled() {
        Waiting.await(name + " is settled").untilAsserted(this::assertSettled);
        return this;
    }

    /** Waits until it is ready and its Service leads to its primary: a node's kube-proxy writes its rules once a second, so some time after Ready. */
    public void awaitServed() {
        awaitCondition("Ready", "True");
        Waiting.await(name + "-primary leads to its primary")
                .untilAsserted(() -> primary().value("select 1"));
    }

    /**
     * The newest spec is in force now. And not only by the status, which may be of a moment ago: the primary that its Service leads to streams
     * to the Pods that there are now.
     */
    public void assertSettled() throws SQLException {
        PgCluster now = get();
        assertThat(now.getStatus().observedGeneration())
                .isEqualTo(now.getMetadata().getGeneration());
        assertThat(now.getStatus().transition()).isNull(); // on record before the conditions say so
        assertThat(now.getStatus().conditions())
                .filteredOn(
                        each -> List.of("Ready", "Replicated", "Progressing").contains(each.type()))
                .extracting(each -> each.type() + "=" + each.status() + " " + each.message())
                .satisfiesExactlyInAnyOrder(
                        ready -> assertThat(ready).startsWith("Ready=True"),
                        replicated -> assertThat(replicated).startsWith("Replicated=True"),
                        progressing -> assertThat(progressing).startsWith("Progressing=False"));
        assertThat(now.getStatus().readyInstances()).isEqualTo(now.getSpec().instances());
        assertThat(primary().column("select host(client_addr) from pg_stat_replication where state = 'streaming'"))
                .containsExactlyInAnyOrderElementsOf(addressesOfStandbys(now));
    }

    private List<String> addressesOfStandbys(PgCluster now) {
        return IntStream.range(0, now.getSpec().instances())
                .filter(ordinal -> !now.getStatus().primary().equals(name + "-" + ordinal))
                .mapToObj(ordinal -> pod(ordinal).getStatus().getPodIP())
                .toList();
    }

    /** Waits until a condition says something. */
    public void awaitCondition(String type, String status, String... words) {
        Waiting.await(name + " says " + type + "=" + status + " with " + String.join(", ", words))
                .untilAsserted(() -> {
                    StatusCondition condition = condition(type);
                    assertThat(condition.observedGeneration())
                            .isEqualTo(get().getMetadata().getGeneration());
                    assertThat(condition.status()).isEqualTo(status);
                    for (String each : words) {
                        assertThat(condition.message()).contains(each);
                    }
                });
    }

    /** Waits until there is an Event with this reason and these words. */
    public void awaitEvent(String reason, String... words) {
        Waiting.await("Event " + reason + " of " + name + " with " + String.join(", ", words))
                .untilAsserted(() -> assertThat(events())
                        .filteredOn(event -> event.getReason().equals(reason))
                        .extracting(Event::getMessage)
                        .anySatisfy(message -> assertThat(List.of(words))
                                .allSatisfy(each -> assertThat(message).contains(each))));
    }

    /** Waits until nothing is written about it any more: what does not change is not written again, also where it is tried again and again. */
    public void awaitQuiet() {
        AtomicReference<String> before = new AtomicReference<>("");
        Waiting.await("nothing is written about " + name)
                .during(Duration.ofSeconds(12))
                .until(() -> {
                    String now = get().getMetadata().getResourceVersion() + " " + events().size();
                    return now.equals(before.getAndSet(now));
                });
    }

    /** The Events about the PgCluster. */
    public List<Event> events() {
        return client().v1().events().inNamespace(namespace.name()).list().getItems().stream()
                .filter(event -> "PgCluster".equals(event.getInvolvedObject().getKind())
                        && name.equals(event.getInvolvedObject().getName()))
                .toList();
    }

    /** A Pod of the cluster. */
    public Pod pod(int ordinal) {
        return pod(name + "-" + ordinal);
    }

    /** The same, by its name. */
    public Pod pod(String pod) {
        return client().pods().inNamespace(namespace.name()).withName(pod).get();
    }

    /** Deletes a Pod without a word, and keeps it from coming back until {@link #letPodComeBack}: a finalizer keeps its name taken. */
    public void losePod(int ordinal) {
        String pod = name + "-" + ordinal;
        finalizersOf(pod, "[\"matriarch.dev/test\"]");
        kubectl().does("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false");
    }

    /** It comes back. */
    public void letPodComeBack(int ordinal) {
        finalizersOf(name + "-" + ordinal, "null");
    }

    private void finalizersOf(String pod, String list) {
        kubectl().does("patch", "pod", pod, "--type=merge", "-p", "{\"metadata\": {\"finalizers\": " + list + "}}");
    }

    /** A value of one of the cluster's Secrets, such as {@code secret("app", "uri")}. */
    public String secret(String suffix, String key) {
        String value = client().secrets()
                .inNamespace(namespace.name())
                .withName(name + "-" + suffix)
                .get()
                .getData()
                .get(key);
        return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    }

    /** The superuser through the Service {@code <cluster>-primary}. */
    public Database primary() {
        return through("primary");
    }

    /** The superuser through the Service {@code <cluster>-replicas}. */
    public Database replicas() {
        return through("replicas");
    }

    /** The superuser through a Service, with the password of the Secret. */
    private Database through(String service) {
        String address = client().services()
                .inNamespace(namespace.name())
                .withName(name + "-" + service)
                .get()
                .getSpec()
                .getClusterIP();
        return Database.at(address, "postgres", "postgres", secret("superuser", "POSTGRES_PASSWORD"));
    }

    /** The superuser at one instance. */
    public Database instance(int ordinal) {
        return instance(ordinal, "postgres");
    }

    /** The superuser in a database of one instance. */
    public Database instance(int ordinal, String database) {
        return Database.at(
                pod(ordinal).getStatus().getPodIP(), database, "postgres", secret("superuser", "POSTGRES_PASSWORD"));
    }
}
