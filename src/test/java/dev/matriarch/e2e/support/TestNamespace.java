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
 *
 * <p>The cluster may be somebody's own. So the name begins with {@code matriarch-test-}, and a namespace of that name without our label is somebody
 * else's: nothing is done in it, and the tests fail.
 */
public final class TestNamespace
        implements BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    /** The label of what tests have made and may delete. */
    static final String LABEL = "matriarch.dev/test";

    private static final String PREFIX = "matriarch-test-";

    private final String name;
    private final Kubectl kubectl;

    /** The namespace that was made here. */
    private Namespace made;

    /**
     * A namespace that does not exist yet.
     *
     * @param suffix what follows {@code matriarch-test-} in its name
     */
    public TestNamespace(String suffix) {
        this.name = PREFIX + suffix;
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
        takeAwayThatOfAnEarlierRun();
        made = client().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels(LABEL, "true")
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
    }

    private void takeAwayThatOfAnEarlierRun() {
        Namespace present = client().namespaces().withName(name).get();
        if (present == null) {
            return;
        }
        if (present.getMetadata().getLabels() == null
                || !"true".equals(present.getMetadata().getLabels().get(LABEL))) {
            throw new IllegalStateException("The cluster has a namespace " + name + " without the label " + LABEL
                    + "=true, so no test has made it. It is left alone, and these tests cannot run."
                    + " Delete it, or use another cluster.");
        }
        delete(present);
        Waiting.await("namespace " + name + " of an earlier run is gone")
                .until(() -> client().namespaces().withName(name).get() == null);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        remove();
    }

    /** Deletes it with all that is in it, if it is the one that was made here. */
    public void remove() {
        Namespace present =
                made == null ? null : client().namespaces().withName(name).get();
        if (present != null
                && present.getMetadata().getUid().equals(made.getMetadata().getUid())) {
            delete(present);
        }
    }

    /** Deletes what was looked at, and nothing that took its name or was changed since: that fails with a conflict. */
    private void delete(Namespace looked) {
        if (looked.getMetadata().getDeletionTimestamp() != null) {
            return;
        }
        client().resource(looked)
                .lockResourceVersion(looked.getMetadata().getResourceVersion())
                .delete();
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
