package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.matriarch.e2e.support.Command;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.WithoutOperator;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged operator says on a laptop when it cannot start: one line what is wrong, one what to do, no stack trace. */
@WithoutOperator(seconds = 28)
class CommandLineIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("command-line");

    /** Of a certificate authority that signed nothing; until the year 2126. */
    private static final String ANOTHER_AUTHORITY = """
            -----BEGIN CERTIFICATE-----
            MIIBjDCCATGgAwIBAgIUMfhJf0GFHMqAjRG91oZuQ9jiWv4wCgYIKoZIzj0EAwIw
            GjEYMBYGA1UEAwwPYW5vdGhlciBjbHVzdGVyMCAXDTI2MTEzMDA1NTMyM1oYDzIx
            MjYxMTA2MDU1MzIzWjAaMRgwFgYDVQQDDA9hbm90aGVyIGNsdXN0ZXIwWTATBgcq
            hkjOPQIBBggqhkjOPQMBBwNCAASjieJoNr4cZPj1EPIvnmZmMu45IcuX98vktnxZ
            zlEC7zHXl0ztu3fb62m0XQ6GFm+bqcZ10Q3TU6qqxg6WOJS7o1MwUTAdBgNVHQ4E
            FgQUNYWUAwB1QtYicaLZL5Uj0wwKwdUwHwYDVR0jBBgwFoAUNYWUAwB1QtYicaLZ
            L5Uj0wwKwdUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA3MEt
            uFONL9Ip1iuheIUMs68j5AVIsenGPfaSnNBH0ToCIQCN8GiwJu1SYHMauJlahBU5
            YHfsAkJU/B9hz9Ro7H8Mxw==
            -----END CERTIFICATE-----
            """;

    @TempDir
    Path folder;

    @Test
    void itTellsItsVersionAndWhatItTakes() {
        assertThat(operator(Map.of(), "--version").orThrow().out()).startsWith("matriarch ");
        assertThat(operator(Map.of(), "--help").orThrow().out()).contains("--namespaces");
    }

    @Test
    void aCommandLineThatCannotBeFollowedIsRefused() {
        assertRefused(operator(Map.of(), "--frobnicate"), 2, "Unknown option: '--frobnicate'", "--help");
        assertRefused(operator(Map.of("KUBECONFIG", folder + "/none")), 2, "there is no kubeconfig", "--kubeconfig");
    }

    @Test
    void aWrongListOfNamespacesIsRefused() {
        assertRefused(
                on(kubeconfig(), "--namespaces", "orders,,billing"),
                1,
                "has an empty element",
                "with commas between them");
        assertRefused(
                on(kubeconfig(), "--namespaces", NAMESPACE.name() + ",matriarch-test-none"),
                1,
                "there is no namespace \"matriarch-test-none\"",
                "kubectl create namespace matriarch-test-none");
    }

    @Test
    void aClusterThatIsNotThereIsNamed() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertRefused(
                on(kubeconfigOf("http://127.0.0.1:" + port, "none")),
                1,
                "the API server http://127.0.0.1:" + port + "/ does not answer: Connection refused",
                "--context");
    }

    @Test
    void aPortThatIsInUseIsNamed() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            String port = String.valueOf(socket.getLocalPort());
            assertRefused(
                    operator(Map.of("KUBECONFIG", kubeconfig()), "--port", port),
                    2,
                    "the port " + port + " for health and metrics is in use",
                    "--port");
        }
    }

    /** As after a cluster was made anew under the address of another. */
    @Test
    void anApiServerWithACertificateOfAnotherIsNamed() throws IOException {
        String kubeconfig = kubeconfigOf(server(), "none");
        String text = Files.readString(Path.of(kubeconfig));
        Path another = Files.writeString(folder.resolve("another.crt"), ANOTHER_AUTHORITY);
        Files.writeString(
                Path.of(kubeconfig),
                text.replaceFirst("(?m)^( *)certificate-authority(-data)?: .*", "$1certificate-authority: " + another));
        assertRefused(
                on(kubeconfig),
                1,
                "the API server " + server() + " is not the one that the kubeconfig trusts",
                "certificate-authority");
    }

    @Test
    void certificatesThatCannotBeUsedAreNamed() throws IOException {
        String kubeconfig = kubeconfigOf("https://127.0.0.1:1", "none");
        String text = Files.readString(Path.of(kubeconfig));
        Files.writeString(
                Path.of(kubeconfig),
                text.replaceFirst(
                        "(?m)^( *)token: .*", "$1client-certificate: " + folder + "/no.crt\n$1client-key: no.key"));
        assertRefused(on(kubeconfig), 1, "there is no " + folder + "/no.crt", "--kubeconfig");
    }

    @Test
    void aClusterWithoutTheCrdsAndOneWithOlderOnesAreRefused() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String published = TestCluster.client().raw("/openapi/v3/apis/postgres.matriarch.dev/v1");
        List<String> answers = new ArrayList<>(List.of(""));
        server.createContext("/", exchange -> {
            byte[] answer = answers.get(0).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.length == 0 ? 404 : 200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            String kubeconfig =
                    kubeconfigOf("http://127.0.0.1:" + server.getAddress().getPort(), "none");
            assertRefused(on(kubeconfig), 1, "the cluster has no CRDs of postgres.matriarch.dev", "crds.yaml");

            assertThat(published).contains("\"ruleGeneration\"");
            answers.set(0, published.replace("\"ruleGeneration\"", "\"somethingElse\""));
            assertRefused(
                    on(kubeconfig),
                    1,
                    "is older than this operator, it does not know status.ruleGeneration",
                    "crds.yaml");
        } finally {
            server.stop(0);
        }
    }

    /** All that the ClusterRole view has can be read; what cannot be written is named. */
    @Test
    void aMissingPermissionIsNamed() {
        NAMESPACE.kubectl().does("create", "serviceaccount", "reader");
        NAMESPACE
                .kubectl()
                .does(
                        "create",
                        "rolebinding",
                        "reader",
                        "--clusterrole=view",
                        "--serviceaccount=" + NAMESPACE.name() + ":reader");
        String token = NAMESPACE.kubectl().does("create", "token", "reader");
        Command.Result result = on(kubeconfigOf(server(), token), "--namespaces", NAMESPACE.name());

        assertRefused(
                result,
                1,
                "this user may not create configmaps in the namespace " + NAMESPACE.name(),
                "install/laptop.yaml; an administrator applies that, and: kubectl -n " + NAMESPACE.name()
                        + " create rolebinding");
        assertThat(result.err()).doesNotContain(token);
    }

    /** Who is elected has patience for 90 s. */
    @Exhaustive
    @Test
    void anOperatorInAPodNamesTheNamespaceInWhichItHasNoRole() {
        NAMESPACE.kubectl().does("create", "serviceaccount", "stranger");
        String token = NAMESPACE.kubectl().does("create", "token", "stranger");
        Command.Result result = operator(
                Map.of("KUBECONFIG", kubeconfigOf(server(), token), "MATRIARCH_LEADER_ELECTION_ENABLED", "true"),
                "--port",
                "0",
                "--namespaces",
                NAMESPACE.name());

        assertRefused(
                result,
                1,
                "this operator may not watch pgclusters.postgres.matriarch.dev in the namespace " + NAMESPACE.name(),
                "Correct the list of namespaces");
    }

    private static void assertRefused(Command.Result result, int status, String what, String remedy) {
        assertThat(result.err())
                .startsWith("error: ")
                .contains(what)
                .contains(remedy)
                .doesNotContain("\tat ");
        assertThat(result.err().lines()).as(result.err()).hasSize(2);
        assertThat(result.out()).doesNotContain("\tat ", "ERROR");
        assertThat(result.status()).isEqualTo(status);
    }

    private static Command.Result on(String kubeconfig, String... words) {
        List<String> all = new ArrayList<>(List.of("--port", "0"));
        all.addAll(List.of(words));
        return operator(Map.of("KUBECONFIG", kubeconfig), all.toArray(String[]::new));
    }

    private static Command.Result operator(Map<String, String> environment, String... words) {
        List<String> command = new ArrayList<>(TestCluster.operator());
        command.addAll(List.of(words));
        return Command.run(command, "", environment);
    }

    private static String kubeconfig() {
        return TestCluster.property("kubeconfig");
    }

    private static String server() {
        return TestCluster.client().getConfiguration().getMasterUrl();
    }

    /** One of a user with this token. */
    private String kubeconfigOf(String server, String token) {
        Config admin = TestCluster.client().getConfiguration();
        String text = Serialization.asYaml(new ConfigBuilder()
                .withCurrentContext("test")
                .addNewContext()
                .withName("test")
                .withNewContext()
                .withCluster("test")
                .withUser("test")
                .endContext()
                .endContext()
                .addNewCluster()
                .withName("test")
                .withNewCluster()
                .withServer(server)
                .withCertificateAuthorityData(server.startsWith("https") ? admin.getCaCertData() : null)
                .withCertificateAuthority(server.startsWith("https") ? admin.getCaCertFile() : null)
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName("test")
                .withNewUser()
                .withToken(token)
                .endUser()
                .endUser()
                .build());
        try {
            return Files.writeString(folder.resolve("kubeconfig"), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
