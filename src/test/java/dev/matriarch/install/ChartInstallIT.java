package dev.matriarch.install;

import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Command;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Helm installs the chart for one namespace, changes a value and takes it away. That it makes what {@code install.yaml} has, with which all other tests run, is in {@link ChartIT}. */
@OnLocalCluster
@OwnOperator(seconds = 30)
@Exhaustive
class ChartInstallIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("chart");

    @Test
    void itIsInstalledChangedAndTakenAwayAndPostgresqlGoesOn() throws SQLException {
        String image = Operator.image();
        int tag = image.lastIndexOf(':');
        helm(
                "install",
                "ours",
                "charts/matriarch",
                "--set",
                "namespaces={" + NAMESPACE.name()
                        + "},crds.install=false,priorityClass.create=false,priorityClass.name=",
                "--set",
                "image.repository=" + image.substring(0, tag) + ",image.tag=" + image.substring(tag + 1)
                        + ",replicas=1",
                "--set",
                "postgresqlImages.17=" + TestCluster.postgres(17));
        Cluster orders = NAMESPACE.cluster("orders");
        orders.apply("{instances: 2}").awaitSettled();
        orders.primary().execute("create table kept as select 1 as id");

        helm("upgrade", "ours", "charts/matriarch", "--reuse-values", "--set", "replicas=2");
        assertThat(NAMESPACE.kubectl().does("get", "deployment/ours", "-o", "jsonpath={.status.availableReplicas}"))
                .isEqualTo("2");

        helm("uninstall", "ours");
        assertThat(NAMESPACE.kubectl().does("get", "deployments,roles,rolebindings", "-o", "name"))
                .isEmpty();
        stays("PostgreSQL goes on without an operator", Duration.ofSeconds(3)).untilAsserted(() -> {
            assertThat(Readiness.isPodReady(orders.pod(0))).isTrue();
            assertThat(orders.primary().column("table kept")).containsExactly("1");
        });
    }

    private static void helm(String what, String... words) {
        List<String> command = new ArrayList<>(
                List.of(Path.of("target/chart/helm").toAbsolutePath().toString(), what));
        command.addAll(List.of(words));
        command.addAll(List.of("--namespace", NAMESPACE.name(), "--wait", "--timeout", "180s"));
        Command.run(command, "", Map.of("KUBECONFIG", TestCluster.property("kubeconfig")))
                .orThrow();
    }
}
