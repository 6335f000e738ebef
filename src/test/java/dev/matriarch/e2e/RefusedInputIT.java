package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What no rule of the CRD can see and the operator refuses is told in the condition Accepted and in an Event that name the field and the remedy, while a
 * running cluster goes on as it was.
 */
@BesideOthers(seconds = 90)
class RefusedInputIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("refused-input");

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

    @Exhaustive
    @Test
    void anOlderVersionOverKeptVolumes() {
        Cluster cluster = NAMESPACE.cluster("older");
        cluster.apply("{instances: 1}").awaitSettled();
        cluster.kubectl().does("delete", "pgc", "older", "--timeout=60s");
        cluster.apply("{instances: 1, postgresql: {version: 15}}");

        refused(cluster, "spec.postgresql.version: the data of older-0 is of version 17", "Set it to 17");
        cluster.awaitQuiet();

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
    void requestsOverLimits() {
        Cluster cluster = NAMESPACE.cluster("greedy");
        cluster.apply("{instances: 1, pod: {resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}}}");

        refused(cluster, "spec.pod.resources", "Lower the request or raise the limit");
        assertThat(cluster.status().phase()).isEqualTo(PgClusterStatus.Phase.Failed);
        cluster.patch("{\"pod\": {\"resources\": {\"requests\": {\"memory\": \"64Mi\"}}}}");
        cluster.awaitSettled();
        cluster.kubectl().does("delete", "pgc", "greedy");
    }

    /** The API server takes anything in these parts of a Pod; what cannot be read must not end the operator of all clusters. */
    @Test
    void partsOfAPodThatAreNone() throws SQLException {
        Cluster cluster = NAMESPACE.cluster("mistyped");
        cluster.apply("{instances: 1, pod: {securityContext: {runAsUser: postgres}}}");
        refused(cluster, "spec.pod.securityContext.runAsUser", "this is not what a Pod has there");
        assertThat(cluster.pod(0)).isNull();

        cluster.patch(
                "{\"pod\": {\"securityContext\": null, \"sidecars\": [{\"name\": \"a\", \"imagePullpolicy\": \"Never\"}]}}");
        refused(cluster, "spec.pod", "imagePullpolicy: field not declared in schema");

        RUNNING.patch("{\"pod\": {\"sidecars\": [{\"name\": \"a\", \"ports\": 8080}]}}");
        refused(RUNNING, "spec.pod.sidecars[0].ports", "this is not what a Pod has there");
        RUNNING.kubectl().does("delete", "pod", RUNNING.name() + "-1");
        await("its Pods come back as they were").until(() -> RUNNING.pod(1) != null && streams());
        RUNNING.patch("{\"pod\": null}");
        RUNNING.awaitCondition("Accepted", "True");

        cluster.patch("{\"pod\": null}");
        cluster.awaitSettled();
        cluster.kubectl().does("delete", "pgc", "mistyped");
    }

    private static boolean streams() throws SQLException {
        return RUNNING.primary()
                .value("select count(*) from pg_stat_replication where state = 'streaming'")
                .equals("1");
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

        cluster.kubectl().does("patch", "secret", "mine", "-p", "{\"stringData\": {\"password\": \"mine\\n\"}}");
        refused(cluster, "Secret mine", "has a line break under password");

        cluster.kubectl().does("patch", "secret", "mine", "-p", "{\"stringData\": {\"password\": \"mine\"}}");
        await("the password opens")
                .untilAsserted(() -> Database.at(cluster.pod(0).getStatus().getPodIP(), "postgres", "postgres", "mine")
                        .execute("select 1"));
        cluster.awaitCondition("Accepted", "True");
        cluster.kubectl().does("delete", "pgc", "own-secret");
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

    private static void refused(Cluster cluster, String field, String remedy) {
        cluster.awaitCondition("Accepted", "False", field, remedy);
        cluster.awaitEvent("Refused", field, remedy);
    }
}
