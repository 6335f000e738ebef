package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Other major versions than the default, and another user than 999. */
@BesideOthers(seconds = 20)
class VersionsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("versions");

    private static final Map<Integer, Cluster> CLUSTERS =
            Map.of(15, NAMESPACE.cluster("fifteen"), 18, NAMESPACE.cluster("eighteen"));

    @BeforeAll
    static void make() {
        CLUSTERS.get(15).apply("""
                        instances: 2
                        postgresql: {version: 15}
                        """);
        CLUSTERS.get(18).apply("""
                        instances: 2
                        postgresql: {version: 18}
                        bootstrap: {dataChecksums: false}
                        pod: {securityContext: {runAsUser: 20001, runAsGroup: 20001, fsGroup: 20001}}
                        """);
        CLUSTERS.values().forEach(Cluster::awaitSettled);
    }

    @Test
    void eachRunsTheExactMinorReleaseThatTheOperatorMapsItTo() throws SQLException {
        for (Map.Entry<Integer, Cluster> each : CLUSTERS.entrySet()) {
            String version = TestCluster.postgresVersion(each.getKey());
            assertThat(each.getValue().primary().value("show server_version")).startsWith(version);
            assertThat(each.getValue().status().postgresVersion()).isEqualTo(version);
            assertThat(each.getValue().pod(0).getSpec().getContainers().get(0).getImage())
                    .isEqualTo(TestCluster.postgres(each.getKey()));
        }
    }

    @Test
    void eachReplicates() throws SQLException {
        for (Cluster cluster : CLUSTERS.values()) {
            cluster.primary().execute("create table sold (item text)", "insert into sold values ('bread')");
            await("the row on the standby")
                    .untilAsserted(() ->
                            assertThat(cluster.replicas().value("table sold")).isEqualTo("bread"));
        }
    }

    @Test
    void anyUserThatThePodIsGivenWillDo() {
        Cluster eighteen = CLUSTERS.get(18);
        for (int i = 0; i < 2; i++) {
            assertThat(NAMESPACE
                            .kubectl()
                            .shell("eighteen-" + i, "postgres", "id -u; stat -c '%u %a' $PGDATA")
                            .out())
                    // fsGroup leaves its set-group-id bit; what PostgreSQL asks for is that nobody else may read
                    .matches("20001\n20001 2?700\n");
        }
        NAMESPACE.kubectl().does("delete", "pod", "eighteen-1");
        await("a new one")
                .until(() ->
                        eighteen.pod(1) != null && eighteen.pod(1).getMetadata().getDeletionTimestamp() == null);
        eighteen.awaitSettled();
    }

    @Test
    void checksumsAreAsAskedFor() throws SQLException {
        assertThat(CLUSTERS.get(15).primary().value("show data_checksums")).isEqualTo("on");
        assertThat(CLUSTERS.get(18).primary().value("show data_checksums")).isEqualTo("off");
    }
}
