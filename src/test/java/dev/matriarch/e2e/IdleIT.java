package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestNamespace;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That nothing is written when nothing has changed: counted by the API server, over as many reconciles as ten minutes have. */
@OnLocalCluster
class IdleIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("idle");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    /** Ten minutes at the ten seconds after which a settled cluster is looked at. */
    private static final int TEN_MINUTES = 60;

    /** What the operator may write, its Lease aside. Nobody else writes these while a cluster is at rest. */
    private static final Set<String> RESOURCES = Set.of(
            "pgclusters",
            "statefulsets",
            "services",
            "configmaps",
            "secrets",
            "pods",
            "persistentvolumeclaims",
            "endpointslices",
            "poddisruptionbudgets",
            "serviceaccounts",
            "events");

    private static final Set<String> WRITES = Set.of("APPLY", "POST", "PUT", "PATCH", "DELETE");

    private static final Pattern COUNTER = Pattern.compile("apiserver_request_total\\{(.*)} ([0-9.e+]+)");

    @BeforeAll
    static void lookTenTimesASecond() {
        Operator.kubectl().does("set", "env", "deployment/matriarch", "MATRIARCH_SETTLED_INTERVAL=PT0.1S");
        Operator.awaitAvailable();
        ORDERS.apply("{}").awaitSettled();
        await("the namespaces of earlier tests are gone")
                .until(() -> NAMESPACE.client().namespaces().list().getItems().stream()
                        .allMatch(each -> each.getMetadata().getDeletionTimestamp() == null));
    }

    @AfterAll
    static void lookAsSeldomAsBefore() {
        Operator.kubectl().does("set", "env", "deployment/matriarch", "MATRIARCH_SETTLED_INTERVAL-");
        Operator.awaitAvailable();
    }

    @Test
    void tenIdleMinutesWriteNothing() {
        await("a rest before").untilAsserted(() -> {
            Map<String, Long> once = writes();
            awaitReconciles(5);
            assertThat(writes()).isEqualTo(once);
        });
        Map<String, Long> before = writes();
        String objects = resourceVersions();

        awaitReconciles(TEN_MINUTES);

        assertThat(writes()).isEqualTo(before);
        assertThat(resourceVersions()).isEqualTo(objects);
    }

    /** The count above means something: one write is one more. */
    @Test
    void aWriteIsCounted() {
        long before = writes().getOrDefault("PATCH configmaps", 0L);

        ORDERS.kubectl().does("label", "configmap", "orders-config", "touched=yes");

        await("one more").until(() -> writes().get("PATCH configmaps") == before + 1);
    }

    private static void awaitReconciles(int more) {
        long before = Operator.reconciles();
        await(more + " reconciles").until(() -> Operator.reconciles() >= before + more);
    }

    private static Map<String, Long> writes() {
        Map<String, Long> writes = new TreeMap<>();
        ORDERS.kubectl().does("get", "--raw", "/metrics").lines().forEach(line -> {
            Matcher counter = COUNTER.matcher(line);
            if (counter.matches()) {
                String verb = label(counter.group(1), "verb");
                String resource = label(counter.group(1), "resource");
                if (WRITES.contains(verb) && RESOURCES.contains(resource)) {
                    writes.merge(verb + " " + resource, (long) Double.parseDouble(counter.group(2)), Long::sum);
                }
            }
        });
        return writes;
    }

    private static String label(String labels, String name) {
        return labels.replaceFirst("(.*,)?" + name + "=\"([^\"]*)\".*", "$2");
    }

    private static String resourceVersions() {
        return ORDERS.kubectl()
                .does(
                        "get",
                        String.join(",", RESOURCES),
                        "-o",
                        "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}");
    }
}
