package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus.Phase;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What is accepted, and then keeps an instance from starting or from being ready, is told in conditions and in an Event that name the field and the
 * remedy, while a running cluster goes on as it was.
 */
@BesideOthers(seconds = 108)
class TroublesIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("troubles");

    private static final Cluster RUNNING = NAMESPACE.cluster("running");

    @BeforeAll
    static void make() throws SQLException {
        RUNNING.apply("{instances: 2}").awaitSettled();
        RUNNING.primary().execute("create table sold (item text)");
    }

    @AfterEach
    void theRunningClusterGoesOn() throws SQLException {
        RUNNING.awaitCondition("Ready", "True");
        RUNNING.primary().execute("insert into sold values ('bread')");
    }

    @Test
    void aStorageClassThatDoesNotExist() {
        Cluster cluster = NAMESPACE.cluster("no-class");
        cluster.apply("{instances: 1, storage: {storageClassName: fast}}");

        cluster.awaitCondition(
                "Ready",
                "False",
                "spec.storage.storageClassName",
                "storage class fast does not exist",
                "kubectl get storageclass");
        cluster.awaitEvent("Trouble", "spec.storage.storageClassName", "storage class fast does not exist");
        cluster.kubectl().does("delete", "pgc", "no-class");
    }

    @Test
    void aSharedClaimThatDoesNotExist() {
        Cluster cluster = NAMESPACE.cluster("no-claim");
        cluster.apply("{instances: 1, storage: {sharedClaimName: nowhere}}");

        cluster.awaitCondition(
                "Ready",
                "False",
                "spec.storage.sharedClaimName: claim nowhere does not exist; make it",
                "kubectl get pvc).");
        cluster.kubectl().does("delete", "pgc", "no-claim");
    }

    @Test
    void aPodOfSomebodyElseThatHasTheNameOfAnInstance() {
        Cluster cluster = NAMESPACE.cluster("taken");
        cluster.kubectl().apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: taken-0}
                spec:
                  nodeSelector: {nowhere: "true"}
                  securityContext: {runAsNonRoot: true, runAsUser: 999, seccompProfile: {type: RuntimeDefault}}
                  containers:
                  - name: own
                    image: localhost/pause:1
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                """).orThrow();
        cluster.apply("{instances: 1}");

        cluster.awaitCondition("Ready", "False", "Pod taken-0 exists already and is not of this cluster");
        cluster.awaitEvent("Trouble", "Pod taken-0 exists already");
        cluster.kubectl().does("delete", "pod", "taken-0");
        cluster.awaitCondition("Ready", "True");
        cluster.kubectl().does("delete", "pgc", "taken");
    }

    @Test
    void anImageThatCannotBePulled() {
        Cluster cluster = NAMESPACE.cluster("no-image");
        cluster.apply("{instances: 1, postgresql: {image: 'registry.invalid/postgres:17.1'}}");

        cluster.awaitCondition("Ready", "False", "spec.postgresql.image", "registry.invalid/postgres:17.1");
        cluster.awaitEvent("Trouble", "spec.postgresql.image", "registry.invalid/postgres:17.1");
        cluster.kubectl().does("delete", "pgc", "no-image");
    }

    @Test
    void anImageThatWasPutRight() {
        Cluster cluster = NAMESPACE.cluster("put-right");
        cluster.apply("{instances: 2, postgresql: {image: '127.0.0.1:9/postgres:17.1'}}");
        cluster.awaitCondition("Ready", "False", "spec.postgresql.image");

        cluster.patch("{\"postgresql\": {\"image\": null}}");

        cluster.awaitSettled();
        cluster.awaitEvent("Replaced", "put-right-0", "Its volume stays");
        assertThat(cluster.condition("RestartPending").isTrue()).isFalse();
        cluster.kubectl().does("delete", "pgc", "put-right");
    }

    @Exhaustive
    @Test
    @OnLocalCluster
    void anImageThatIsNoPostgresqlIsToldOnce() {
        Cluster cluster = NAMESPACE.cluster("no-postgres");
        cluster.apply(
                "{instances: 1, postgresql: {image: 'localhost/pause:1'}}"); // all nodes have it, and it has no shell
        cluster.awaitCondition("Ready", "False", "spec.postgresql.image", "cannot be started", "/bin/sh");

        stays("Failed, told once", Duration.ofSeconds(40)).until(() -> {
            long told = cluster.events().stream()
                    .filter(event -> event.getReason().equals("Trouble"))
                    .count();
            return told == 1 && cluster.status().phase() == Phase.Failed;
        });
        assertThat(cluster.pod(0).getStatus().getContainerStatuses().get(0).getRestartCount())
                .isPositive();
        cluster.kubectl().does("delete", "pgc", "no-postgres");
    }

    @Test
    void aSidecarThatCannotBePulled() throws SQLException {
        Cluster cluster = NAMESPACE.cluster("no-sidecar");
        cluster.apply("""
                instances: 1
                pod:
                  sidecars:
                  - name: metrics
                    image: 127.0.0.1:9/metrics:1
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                """);

        cluster.awaitServed();
        cluster.awaitCondition("Progressing", "True", "spec.pod.sidecars: container metrics", "its Pod is not ready");
        cluster.awaitEvent("Trouble", "spec.pod.sidecars: container metrics");
        assertThat(cluster.status().phase()).isEqualTo(Phase.Degraded);
        cluster.primary().execute("create table sold (item text)");
        cluster.kubectl().does("delete", "pgc", "no-sidecar");
    }

    @Test
    void aLocaleThatTheImageHasNot() {
        Cluster cluster = NAMESPACE.cluster("no-locale");
        cluster.apply("{instances: 1, bootstrap: {locale: xx_YY.UTF-8}}");

        cluster.awaitCondition(
                "Ready", "False", "spec.bootstrap.locale", "xx_YY.UTF-8", "Delete the PgCluster and make it again");
        cluster.awaitQuiet();
        cluster.kubectl().does("delete", "pgc", "no-locale");
    }

    @Test
    void aStatementOfTheBootstrapThatFails() {
        Cluster cluster = NAMESPACE.cluster("bad-sql");
        cluster.apply(
                "{instances: 1, bootstrap: {sql: ['create table sold (item text)', 'insert into sodl values (1)']}}");

        cluster.awaitCondition("Ready", "False", "spec.bootstrap.sql[1]", "relation \"sodl\" does not exist");
        cluster.awaitEvent("Trouble", "spec.bootstrap.sql[1]");
        cluster.kubectl().does("delete", "pgc", "bad-sql");
        cluster.apply("{instances: 1, bootstrap: {sql: ['create table sold (item text)', 'commit']}}");
        cluster.awaitCondition("Ready", "False", "spec.bootstrap.sql[1]", "begins or ends a transaction", "Nothing");
        cluster.kubectl().does("delete", "pgc", "bad-sql");
        cluster.apply(
                "{instances: 1, bootstrap: {sql: ['create table sold (item text)', 'insert into sold values (1)']}}");
        cluster.awaitSettled();
        assertThat(cluster.kubectl()
                        .does("exec", "bad-sql-0", "-c", "postgres", "--", "psql", "-AtXd", "app", "-c", "table sold"))
                .isEqualTo("1");
        cluster.kubectl().does("delete", "pgc", "bad-sql");
    }
}
