package dev.matriarch.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {

    private static final String ONE = """
            apiVersion: v1
            kind: Config
            current-context: one
            contexts:
            - {name: one, context: {cluster: c, user: u}}
            clusters:
            - {name: c, cluster: {server: "https://localhost:1"}}
            users:
            - {name: u, user: {token: secret-token}}
            """;

    @TempDir
    Path home;

    private final Map<String, String> configuration = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();

    @Test
    void theOneOfTheHomeDirectoryIsTakenWhenNoneIsNamed() throws IOException {
        assertRefused("neither --kubeconfig nor KUBECONFIG is given, and there is no " + home);
        Files.createDirectories(home.resolve(".kube"));
        Files.writeString(home.resolve(".kube/config"), ONE);
        assertAccepted();
    }

    @Test
    void aPodNeedsNone() {
        environment.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");
        assertAccepted();
        environment.put("KUBECONFIG", home + "/nowhere");
        assertRefused("there is no kubeconfig " + home + "/nowhere");
    }

    @Test
    void theCommandLineGoesBeforeTheEnvironment() throws IOException {
        environment.put("KUBECONFIG", write("good", ONE));
        assertAccepted();
        configuration.put(Kubeconfig.PROPERTY, home + "/nowhere");
        assertRefused("there is no kubeconfig " + home + "/nowhere");
    }

    @Test
    void ofSeveralThoseThatAreThereCount() throws IOException {
        environment.put("KUBECONFIG", home + "/nowhere" + File.pathSeparator + write("good", ONE));
        assertAccepted();
        environment.put("KUBECONFIG", home + "/nowhere" + File.pathSeparator + home + "/neither");
        assertRefused("there is no kubeconfig");
    }

    @Test
    void aContextMustBeThere() throws IOException {
        environment.put("KUBECONFIG", write("good", ONE));
        configuration.put(Kubeconfig.CONTEXT_PROPERTY, "two");
        assertRefused("has no context \"two\"");
        configuration.clear();
        environment.put("KUBECONFIG", write("without", ONE.replace("current-context: one", "current-context: ''")));
        assertRefused("has no current context");
    }

    /** The client takes a cluster that is missing for the one that it runs in, and shows a trace for an address that is none. */
    @Test
    void whatAContextNamesMustBeThere() throws IOException {
        Map<String, String> refusals = Map.of(
                ONE.replace("cluster: c,", "cluster: d,"), "names the cluster \"d\", which is not there",
                ONE.replace("cluster: c, user: u", "user: u"), "names the cluster \"null\", which is not there",
                ONE.replace(", context: {cluster: c, user: u}", ""), "the context \"one\" of the kubeconfig",
                ONE.replace("https://localhost:1", "not an address"), "whose server is \"not an address\"",
                ONE.replace("https://localhost:1", "localhost:1"), "whose server is \"localhost:1\"",
                ONE.replace("user: u}", "user: v}"), "names the user \"v\", who is not there",
                ONE.replace("token: secret-token", "exec: {command: no-such-plugin}"), "the program \"no-such-plugin\"",
                ONE.replace("token: secret-token", "exec: {command: /no/plugin}"), "the program \"/no/plugin\"");
        for (Map.Entry<String, String> refusal : refusals.entrySet()) {
            environment.put("KUBECONFIG", write("wrong", refusal.getKey()));
            assertRefused(refusal.getValue());
        }
        environment.put("KUBECONFIG", write("nobody", ONE.replace(", user: u", "")));
        assertAccepted();
        environment.put("PATH", home.toString());
        assertThat(Path.of(write("plugin", "")).toFile().setExecutable(true)).isTrue();
        environment.put("KUBECONFIG", write("good", ONE.replace("token: secret-token", "exec: {command: plugin}")));
        assertAccepted();
    }

    @Test
    void whatIsNoKubeconfigIsRefusedAndNothingOfItIsTold() throws IOException {
        for (String text : new String[] {"", "no: [", "hello: world", ONE.replace("contexts:", "contexts: [")}) {
            environment.put("KUBECONFIG", write("bad", text));
            assertRefused("the file " + home + "/bad is not a kubeconfig");
        }
        environment.put("KUBECONFIG", home.toString());
        assertRefused("it is a directory");
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(home.resolve(name), text).toString();
    }

    private void assertAccepted() {
        assertThatCode(() -> Kubeconfig.check(configuration, environment, home)).doesNotThrowAnyException();
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Kubeconfig.check(configuration, environment, home))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret-token");
    }
}
