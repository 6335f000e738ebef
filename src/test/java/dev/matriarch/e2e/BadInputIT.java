package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgClusterStatus.Phase;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What no rule of the CRD can see is told in a condition and in an Event that name the field and the remedy, while a running cluster goes on as
 * it was.
 */
class BadInputIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("bad-input");

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
        cluster.apply("{instances: 2, postgresql: {image: 'registry.invalid/postgres:17.1'}}");
        cluster.awaitCondition("Ready", "False", "spec.postgresql.image");

        cluster.patch("{\"postgresql\": {\"image\": null}}");

        cluster.awaitSettled();
        cluster.awaitEvent("Replaced", "put-right-0", "Its volume stays");
        assertThat(cluster.condition("RestartPending").isTrue()).isFalse();
        cluster.kubectl().does("delete", "pgc", "put-right");
    }

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
                    image: registry.invalid/metrics:1
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                """);

        cluster.awaitCondition("Ready", "True");
        cluster.awaitCondition("Progressing", "True", "spec.pod.sidecars: container metrics", "its Pod is not ready");
        cluster.awaitEvent("Trouble", "spec.pod.sidecars: container metrics");
        assertThat(cluster.status().phase()).isEqualTo(Phase.Degraded);
        cluster.primary().execute("create table sold (item text)");
        cluster.kubectl().does("delete", "pgc", "no-sidecar");
    }

    @Test
    void anImageOfAnotherMajorVersion() {
        String image = TestCluster.postgres(15);

        RUNNING.patch("{\"postgresql\": {\"image\": \"" + image + "\"}}");

        refused(RUNNING, "spec.postgresql.image", image + " is not of version 17; set spec.postgresql.version to 15");
        RUNNING.patch("{\"postgresql\": {\"image\": null}}");
        RUNNING.awaitCondition("Accepted", "True");
    }

    @Test
    void aMajorUpgrade() {
        RUNNING.patch("{\"postgresql\": {\"version\": 18}}");

        refused(RUNNING, "spec.postgresql.version", "a major upgrade is not built yet; set it to 17");
        RUNNING.patch("{\"postgresql\": {\"version\": 17}}");
        RUNNING.awaitCondition("Accepted", "True");
    }

    @Test
    void aLargerVolumeBeforeGrowthIsBuilt() {
        Cluster cluster = NAMESPACE.cluster("larger");
        cluster.apply("{instances: 1}");
        cluster.awaitSettled();

        cluster.patch("{\"storage\": {\"size\": \"2Gi\"}}");

        refused(
                cluster,
                "spec.storage.size",
                "the volumes have 1Gi and growing them is not built yet; they stay as they are");
    }

    @Test
    void aLineOfHbaThatPostgresqlCouldNotRead() throws SQLException {
        RUNNING.patch("{\"postgresql\": {\"hba\": [\"host all all\", \"host all all all scram\"]}}");

        refused(RUNNING, "spec.postgresql.hba[0]", "has too few fields");
        RUNNING.awaitCondition("Accepted", "False", "spec.postgresql.hba[1]", "has the method scram");
        assertThat(RUNNING.primary().column("select error from pg_hba_file_rules where error is not null"))
                .isEmpty();
        RUNNING.patch("{\"postgresql\": {\"hba\": null}}");
        RUNNING.awaitCondition("Accepted", "True");
    }

    @Test
    void aSecretThatDoesNotExistOrHasNotItsKey() {
        Cluster cluster = NAMESPACE.cluster("own-secret");
        cluster.apply("{instances: 1, secrets: {superuser: mine}}");
        refused(
                cluster,
                "spec.secrets.superuser",
                "Secret mine does not exist; make it, with the password under POSTGRES_PASSWORD or password");

        cluster.kubectl().does("create", "secret", "generic", "mine", "--from-literal=pw=wrong-key");
        refused(cluster, "Secret mine", "has nothing under POSTGRES_PASSWORD or password");

        cluster.kubectl().does("patch", "secret", "mine", "-p", "{\"stringData\": {\"password\": \"mine\"}}");
        await("the password opens")
                .untilAsserted(() -> Database.at(cluster.pod(0).getStatus().getPodIP(), "postgres", "postgres", "mine")
                        .execute("select 1"));
        cluster.awaitCondition("Accepted", "True");
        cluster.kubectl().does("delete", "pgc", "own-secret");
    }

    @Test
    void anObjectOfSomebodyElse() {
        NAMESPACE.kubectl().does("create", "service", "clusterip", "taken-primary", "--tcp=80:80");
        NAMESPACE.kubectl().does("create", "configmap", "taken-config", "--from-literal=whose=mine");
        Cluster cluster = NAMESPACE.cluster("taken");
        cluster.apply("{instances: 1}");

        refused(cluster, "Service taken-primary", "exists already and has no owner; it is left alone");
        refused(cluster, "ConfigMap taken-config", "Delete or rename it, or give the PgCluster another name");
        assertThat(NAMESPACE
                        .kubectl()
                        .does(
                                "get",
                                "service",
                                "taken-primary",
                                "-o",
                                "jsonpath={.spec.ports[*].port}{.metadata.ownerReferences}"))
                .isEqualTo("80");
        assertThat(NAMESPACE.kubectl().does("get", "configmap", "taken-config", "-o", "jsonpath={.data}"))
                .isEqualTo("{\"whose\":\"mine\"}");

        NAMESPACE.kubectl().does("delete", "service/taken-primary", "configmap/taken-config");
        cluster.awaitSettled();
        cluster.awaitCondition("Accepted", "True");
        NAMESPACE.kubectl().does("delete", "pgc", "taken");
    }

    @Test
    void aSecretOfSomebodyElse() {
        NAMESPACE.kubectl().does("create", "secret", "generic", "theirs-superuser", "--from-literal=password=theirs");
        NAMESPACE.kubectl().does("create", "secret", "generic", "theirs-internal", "--from-literal=matriarch=theirs");
        Cluster cluster = NAMESPACE.cluster("theirs");
        cluster.apply("{instances: 1}");

        refused(cluster, "Secret theirs-superuser", "exists already and has no owner; it is left alone");
        refused(cluster, "Secret theirs-internal", "Delete or rename it, or give the PgCluster another name");
        assertThat(cluster.condition("Accepted").message()).doesNotContain("to have it made again");
        assertThat(cluster.status().phase()).isEqualTo(PgClusterStatus.Phase.Failed);
        assertThat(cluster.pod(0)).as("it would mount what is theirs").isNull();

        NAMESPACE.kubectl().does("delete", "secret", "theirs-superuser", "theirs-internal");
        cluster.awaitSettled();
        cluster.awaitCondition("Accepted", "True");
        assertThat(cluster.secret("superuser", "password")).isNotEqualTo("theirs");
        NAMESPACE.kubectl().does("delete", "pgc", "theirs");
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
    void aLocaleThatTheImageHasNot() {
        Cluster cluster = NAMESPACE.cluster("no-locale");
        cluster.apply("{instances: 1, bootstrap: {locale: xx_YY.UTF-8}}");

        cluster.awaitCondition(
                "Ready", "False", "spec.bootstrap.locale", "xx_YY.UTF-8", "Delete the PgCluster and make it again");
        isQuiet(cluster);
        cluster.kubectl().does("delete", "pgc", "no-locale");
    }

    @Test
    void requestsOverLimits() {
        Cluster cluster = NAMESPACE.cluster("greedy");
        cluster.apply("{instances: 1, pod: {resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}}}");

        refused(cluster, "spec.pod.resources", "Lower the request or raise the limit");
        assertThat(cluster.status().phase()).isEqualTo(PgClusterStatus.Phase.Failed);
        cluster.patch("{\"pod\": {\"resources\": {\"requests\": {\"memory\": \"64Mi\"}}}}");
        cluster.awaitSettled();
        cluster.kubectl().does("delete", "pgc", "greedy");
    }

    @Test
    void anOlderVersionOverKeptVolumes() {
        Cluster cluster = NAMESPACE.cluster("older");
        cluster.apply("{instances: 1}").awaitSettled();
        cluster.kubectl().does("delete", "pgc", "older", "--timeout=60s");
        cluster.apply("{instances: 1, postgresql: {version: 15}}");

        refused(cluster, "spec.postgresql.version: the data of older-0 is of version 17", "Set it to 17");
        isQuiet(cluster);

        cluster.patch("{\"postgresql\": {\"version\": 17}}");
        await("a Pod with 17").untilAsserted(() -> {
            cluster.kubectl().does("delete", "pod", "older-0", "--ignore-not-found");
            assertThat(cluster.pod(0).getSpec().getContainers().get(0).getImage())
                    .isEqualTo(TestCluster.postgres(17));
        });
        cluster.awaitSettled();
        cluster.awaitCondition("Accepted", "True");
        cluster.kubectl().does("delete", "pgc", "older");
    }

    /** What does not change is not written again, also where it is tried again and again. */
    private static void isQuiet(Cluster cluster) {
        AtomicReference<String> before = new AtomicReference<>("");
        await("nothing is written about " + cluster.name())
                .during(Duration.ofSeconds(12))
                .until(() -> {
                    String now = cluster.get().getMetadata().getResourceVersion() + " "
                            + cluster.events().size();
                    return now.equals(before.getAndSet(now));
                });
    }

    @Test
    void aStatementOfTheBootstrapThatFails() {
        Cluster cluster = NAMESPACE.cluster("bad-sql");
        cluster.apply(
                "{instances: 1, bootstrap: {sql: ['create table sold (item text)', 'insert into sodl values (1)']}}");

        cluster.awaitCondition("Ready", "False", "spec.bootstrap.sql[1]", "relation \"sodl\" does not exist");
        cluster.awaitEvent("Trouble", "spec.bootstrap.sql[1]");
        cluster.kubectl().does("delete", "pgc", "bad-sql");
        cluster.apply(
                "{instances: 1, bootstrap: {sql: ['create table sold (item text)', 'insert into sold values (1)']}}");
        cluster.awaitSettled();
        assertThat(cluster.kubectl()
                        .does("exec", "bad-sql-0", "-c", "postgres", "--", "psql", "-AtXd", "app", "-c", "table sold"))
                .isEqualTo("1");
        cluster.kubectl().does("delete", "pgc", "bad-sql");
    }

    private static void refused(Cluster cluster, String field, String remedy) {
        cluster.awaitCondition("Accepted", "False", field, remedy);
        cluster.awaitEvent("Refused", field, remedy);
    }
}
