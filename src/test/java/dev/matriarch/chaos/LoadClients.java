package dev.matriarch.chaos;

import dev.matriarch.chaos.Attempt.Way;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The load: one client Pod on each node, pinned to it, so that whatever node a fault is about there are others with both kinds of writers, from
 * which gaps are taken. Pods outlive their node's power cut, with their logs.
 */
public final class LoadClients {

    /**
     * How much load.
     *
     * @param writers all together; half of them by each way
     * @param writesPerSecond all together, at most
     * @param answerMillis how long an answer may take before a connection counts as dead
     */
    public record Load(int writers, int writesPerSecond, int answerMillis) {}

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final String YAML = """
            apiVersion: v1
            kind: Pod
            metadata: {name: load-%node%, labels: {app: load}}
            spec:
              nodeName: %node%
              tolerations: [{operator: Exists}]
              terminationGracePeriodSeconds: 0
              automountServiceAccountToken: false
              enableServiceLinks: false
              securityContext: {runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: client
                image: %image%
                imagePullPolicy: Never
                command: [java, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1, -Xmx96m, -cp, "/app:/app/postgresql.jar", dev.matriarch.chaos.client.LoadClient]
                env:
                - {name: WRITERS, value: "%writers%"}
                - {name: WRITES_PER_SECOND, value: "%rate%"}
                - {name: ANSWER_MILLIS, value: "%patience%"}
                - {name: LOG_DIRECTORY, value: /log}
                - {name: CLUSTER, value: %cluster%}
                - {name: URI_SERVICE, valueFrom: {secretKeyRef: {name: %cluster%-app, key: jdbc-uri}}}
                - {name: URI_MULTIHOST, valueFrom: {secretKeyRef: {name: %cluster%-app, key: jdbc-uri-multihost}}}
                securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
                volumeMounts: [{name: log, mountPath: /log}, {name: tmp, mountPath: /tmp}]
              volumes: [{name: log, emptyDir: {}}, {name: tmp, emptyDir: {}}]
            """;

    private final Cluster cluster;
    private final Path copies;
    private final Map<String, Client> clients = new TreeMap<>();
    private final long created = System.currentTimeMillis(); // tells the logs of one cluster from those of the next

    private LoadClients(Cluster cluster, Path copies) {
        this.cluster = cluster;
        this.copies = copies;
    }

    /** Starts them; they rest until the first round. Their logs are copied into that directory as they are fetched. */
    static LoadClients start(Cluster cluster, Load load, Path copies) throws IOException {
        LoadClients all = new LoadClients(cluster, Files.createDirectories(copies));
        List<String> nodes = TestCluster.client().nodes().list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
        for (int i = 0; i < nodes.size(); i++) {
            String node = nodes.get(i);
            cluster.kubectl()
                    .apply(YAML.replace("%node%", node)
                            .replace("%image%", ClientImage.NAME)
                            .replace("%cluster%", cluster.name())
                            .replace("%writers%", writersOf(i, nodes.size(), load.writers()))
                            .replace("%rate%", Double.toString((double) load.writesPerSecond() / load.writers()))
                            .replace("%patience%", Integer.toString(load.answerMillis())))
                    .orThrow();
            all.clients.put(node, all.new Client(node));
        }
        all.clients.values().forEach(client -> client.ask("state"));
        return all;
    }

    /** Even numbers by the Service, odd ones by the multi-host URI, dealt out so that each node has both, given two of each node. */
    static String writersOf(int node, int nodes, int writers) {
        return IntStream.range(0, writers)
                .filter(writer -> (writer / 2 + writer % 2) % nodes == node)
                .mapToObj(writer -> writer + "="
                        + (writer % 2 == 0 ? Way.SERVICE : Way.MULTIHOST).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    /** Lets all write for a round. */
    void begin(int round) {
        clients.values().forEach(client -> client.ask("round/" + round));
    }

    /** Lets all rest; afterwards nothing is in flight. */
    void rest() {
        clients.values().forEach(client -> client.ask("rest"));
    }

    /** What each node's client did since this was last called. The clients must rest. */
    Map<String, ClientLog.Piece> fetch() {
        Map<String, ClientLog.Piece> pieces = new TreeMap<>();
        clients.forEach((node, client) -> pieces.put(node, client.fetch()));
        return pieces;
    }

    /** Takes the Pods away. */
    void stop() {
        cluster.kubectl().does("delete", "pod", "-l", "app=load", "--grace-period=0", "--force");
    }

    /** The client of one node, which is another process after each of the node's power cuts. */
    private final class Client {

        private final String node;
        private final List<ClientLog> logs = new ArrayList<>();
        private final List<Long> offsets = new ArrayList<>();

        Client(String node) {
            this.node = node;
        }

        /** Its answer; asked again until there is one, because it may be about to come back. */
        byte[] ask(String path) {
            byte[][] answer = new byte[1][];
            Waiting.await("the client on " + node + " answers to " + path).until(() -> {
                Pod pod = TestCluster.client()
                        .pods()
                        .inNamespace(cluster.get().getMetadata().getNamespace())
                        .withName("load-" + node)
                        .get();
                HttpResponse<byte[]> response = HTTP.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://" + pod.getStatus().getPodIP() + ":8080/" + path))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                answer[0] = response.body();
                return response.statusCode() == 200;
            });
            return answer[0];
        }

        ClientLog.Piece fetch() {
            int processes = 1 + Integer.parseInt(new String(ask("state"), StandardCharsets.UTF_8).split(" ")[0]);
            ClientLog.Piece all = new ClientLog.Piece(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), 0);
            double offered = 0; // by the process that lives
            for (int process = 0; process < processes; process++) {
                if (process == logs.size()) {
                    logs.add(new ClientLog());
                    offsets.add(0L);
                }
                byte[] piece = ask("log/" + process + "/" + offsets.get(process));
                offsets.set(process, offsets.get(process) + piece.length);
                copy(process, piece);
                logs.get(process).read(piece);
                ClientLog.Piece taken = logs.get(process).take();
                all.attempts().addAll(taken.attempts());
                all.reads().addAll(taken.reads());
                all.troubles().addAll(taken.troubles());
                offered = taken.offered();
            }
            return new ClientLog.Piece(all.attempts(), all.reads(), all.troubles(), offered);
        }

        private void copy(int process, byte[] piece) {
            try {
                Files.write(
                        copies.resolve(created + "-" + node + "-" + process + ".log"),
                        piece,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
