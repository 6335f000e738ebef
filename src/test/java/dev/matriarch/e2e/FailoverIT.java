package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a person does about a primary that is lost. What happens by itself is in {@link ChaosIT}. */
class FailoverIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("failover");

    private static final Pattern ANNOTATION = Pattern.compile("(postgres\\.matriarch\\.dev/failover)='([^']*)'");

    /** A volume of the local cluster is on one node: cordoned, its Pod does not come back. */
    @Test
    @OnLocalCluster
    void whoAcceptsTheLossGetsAPrimary() throws SQLException {
        Cluster pair = NAMESPACE.cluster("pair");
        pair.apply("{instances: 2}").awaitSettled();
        pair.primary().execute("create table sold (item text)", "insert into sold values ('first')");
        String node = pair.pod(0).getSpec().getNodeName();
        pair.kubectl().does("cordon", node);
        try {
            pair.kubectl().does("delete", "pod", "pair-0", "--grace-period=0", "--force");
            pair.awaitCondition(
                    "Ready",
                    "False",
                    "pair-0 is lost",
                    "only pair-1 answers",
                    "postgres.matriarch.dev/failover='epoch 1, losing all after");

            annotate(pair, "epoch 7, losing nothing");
            pair.awaitCondition("Accepted", "False", "postgres.matriarch.dev/failover", "epoch 7", "epoch 1");
            pair.awaitEvent("Refused", "postgres.matriarch.dev/failover");
            assertThat(pair.status().epoch()).isEqualTo(1);

            annotate(pair, remedy(pair));
            await("pair-1 leads").untilAsserted(() -> pair.primary().execute("insert into sold values ('alone')"));
            pair.awaitEvent("LossAccepted", "of pair-1");
        } finally {
            pair.kubectl().does("uncordon", node);
        }
        pair.awaitSettled();
        assertThat(pair.status().primary()).isEqualTo("pair-1");
        assertThat(pair.status().epoch()).isEqualTo(2);
        assertThat(pair.status().rules()).singleElement().satisfies(rule -> assertThat(rule.required())
                .isEqualTo(1));
        assertThat(pair.status().lastTransition().consent()).startsWith("epoch 1, losing all after");
        await("the old primary has all")
                .untilAsserted(
                        () -> assertThat(pair.instance(0).column("table sold")).containsExactly("first", "alone"));
        pair.awaitCondition("Accepted", "True");
    }

    @Test
    void whoWantsToBeAskedIsAskedAndNothingIsLost() throws SQLException {
        Cluster asking = NAMESPACE.cluster("asking");
        asking.apply("{instances: 3, failover: {automatic: false}}").awaitSettled();
        asking.primary().execute("create table sold (item text)", "insert into sold values ('first')");

        asking.kubectl().shell("asking-0", "postgres", "kill -STOP -1").orThrow();
        asking.awaitCondition("Ready", "False", "spec.failover.automatic is false", "epoch 1, losing nothing");
        annotate(asking, remedy(asking));

        await("another leads").until(() -> !"asking-0".equals(asking.status().primary()));
        asking.kubectl().shell("asking-0", "postgres", "kill -CONT -1").orThrow();
        asking.awaitSettled();
        assertThat(asking.status().epoch()).isEqualTo(2);
        assertThat(asking.primary().column("table sold")).containsExactly("first");
    }

    private static void annotate(Cluster cluster, String words) {
        cluster.kubectl()
                .does(
                        "annotate",
                        "pgcluster/" + cluster.name(),
                        "--overwrite",
                        "postgres.matriarch.dev/failover=" + words);
    }

    /** What the condition says that a person is to type. */
    private static String remedy(Cluster cluster) {
        Matcher annotation = ANNOTATION.matcher(cluster.condition("Ready").message());
        assertThat(annotation.find())
                .as("a command in %s", cluster.condition("Ready").message())
                .isTrue();
        return annotation.group(2);
    }
}
