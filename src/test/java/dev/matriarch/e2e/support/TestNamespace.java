package dev.matriarch.e2e.support;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A namespace for a class of tests, in which the restricted Pod Security Standard is enforced. When a test fails, what is in the namespace is
 * written to {@code target/e2e}.
 */
public final class TestNamespace
        implements BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    private final String name;
    private final Kubectl kubectl;

    public TestNamespace(String name) {
        this.name = name;
        this.kubectl = new Kubectl(name);
    }

    public String name() {
        return name;
    }

    public Kubectl kubectl() {
        return kubectl;
    }

    public KubernetesClient client() {
        return TestCluster.client();
    }

    /** A PgCluster in this namespace, which is made by {@link Cluster#apply}. */
    public Cluster cluster(String clusterName) {
        return new Cluster(this, clusterName);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        make();
    }

    /** Makes it anew, without what an earlier run has left. */
    public void make() {
        client().namespaces().withName(name).delete();
        Waiting.await("namespace " + name + " of an earlier run is gone")
                .until(() -> client().namespaces().withName(name).get() == null);
        Namespace namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build();
        client().resource(namespace).create();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        remove();
    }

    /** Deletes it with all that is in it. */
    public void remove() {
        client().namespaces().withName(name).delete();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        record(context.getDisplayName(), failure);
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        record("before all", failure);
        throw failure;
    }

    /** Writes down what is in it, and what the operator has logged, because of a failure. */
    public void record(String test, Throwable failure) throws IOException {
        Path file = Files.createDirectories(Path.of("target", "e2e"))
                .resolve(name + "-" + test.replaceAll("[^A-Za-z0-9]+", "-") + ".txt");
        Files.writeString(
                file,
                String.join(
                        "\n\n",
                        failure.toString(),
                        kubectl.tries("get", "pgc,sts,pods,svc,endpointslices,pvc,secrets,configmaps", "-o", "wide")
                                .out(),
                        kubectl.tries("get", "events", "--sort-by=.metadata.creationTimestamp")
                                .out(),
                        kubectl.tries("get", "pgc,pods,endpointslices", "-o", "yaml")
                                .out(),
                        kubectl.tries(
                                        "logs",
                                        "--tail=200",
                                        "--prefix",
                                        "--all-containers",
                                        "-l",
                                        "app.kubernetes.io/managed-by=matriarch")
                                .out(),
                        new Kubectl("matriarch")
                                .tries("logs", "--tail=400", "--prefix", "-l", "app.kubernetes.io/name=matriarch")
                                .out()));
    }
}
