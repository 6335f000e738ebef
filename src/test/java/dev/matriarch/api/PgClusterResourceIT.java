package dev.matriarch.api;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a PgCluster behaves as a resource of Kubernetes: for {@code kubectl get}, {@code scale} and {@code apply}. */
@BesideOthers
class PgClusterResourceIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("resource");

    /** Paused, so that nothing but its status comes of it. */
    private static final Cluster PAUSED = NAMESPACE.cluster("paused");

    @BeforeAll
    static void make() {
        PAUSED.apply("{paused: true}");
        await("a status").until(() -> PAUSED.status() != null);
    }

    @Test
    void kubectlGetShowsTheColumnsOfTheContract() {
        assertThat(table("get", "pgc")).startsWith("NAME VERSION INSTANCES READY PRIMARY PHASE AGE\n");
        assertThat(table("get", "pgclusters", "-o", "wide"))
                .startsWith("NAME VERSION INSTANCES READY PRIMARY PHASE AGE EPOCH TIMELINE SYNC\n")
                .contains("paused ", " Paused ", " Majority");
        assertThat(PAUSED.kubectl().does("get", "all")).contains("pgcluster.postgres.matriarch.dev/paused");
    }

    @Test
    void kubectlExplainKnowsEveryField() {
        assertThat(PAUSED.kubectl().does("explain", "pgcluster.spec", "--recursive"))
                .contains(
                        "instances\t<integer>",
                        "sharedClaimName\t<string>",
                        "terminationGracePeriodSeconds\t<integer>");
        assertThat(PAUSED.kubectl().does("explain", "pgcluster.spec.storage.retention"))
                .contains("What becomes of the volumes");
    }

    @Test
    void kubectlScaleChangesTheInstances() {
        PAUSED.kubectl().does("scale", "pgcluster/paused", "--replicas=5");

        assertThat(PAUSED.get().getSpec().instances()).isEqualTo(5);
        assertThat(
                        PAUSED.kubectl()
                                .does(
                                        "get",
                                        "--raw",
                                        "/apis/postgres.matriarch.dev/v1/namespaces/matriarch-test-resource/pgclusters/paused/scale"))
                .contains(
                        "\"kind\":\"Scale\"",
                        "\"replicas\":5",
                        "\"selector\":\"postgres.matriarch.dev/cluster=paused\"");
        assertThat(PAUSED.kubectl()
                        .tries("scale", "pgcluster/paused", "--replicas=10")
                        .err())
                .contains("spec.instances in body should be less than or equal to 9");
    }

    @Test
    void applyingTheSameAgainChangesNothing() {
        String yaml = NAMESPACE.cluster("same").yaml("""
                paused: true
                instances: 5
                postgresql: {version: 15, parameters: {work_mem: 8MB}, hba: [host all all 10.0.0.0/8 scram-sha-256]}
                replication: {synchronous: 2}
                storage: {size: 2Gi}
                pod: {resources: {requests: {cpu: 100m}}, labels: {team: shop}}
                """);
        for (String[] options : new String[][] {{"--server-side"}, {"--server-side", "--force-conflicts"}}) {
            PAUSED.kubectl().apply(yaml, options).orThrow();
            await("a status").until(() -> NAMESPACE.cluster("same").status().observedGeneration() == 1);
            String version = NAMESPACE.cluster("same").get().getMetadata().getResourceVersion();

            PAUSED.kubectl().apply(yaml, options).orThrow();

            assertThat(NAMESPACE.cluster("same").get().getMetadata().getResourceVersion())
                    .isEqualTo(version);
        }
    }

    private static String table(String... words) {
        return PAUSED.kubectl().does(words).replaceAll(" +", " ");
    }
}
