package dev.matriarch.e2e;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged application, JVM or native, whichever was built, as Quarkus starts it: it is healthy, and makes a cluster. All other tests that start an operator start
 * the same file ({@link TestCluster#operator}).
 */
@OwnOperator(seconds = 26)
@OnLocalCluster
@QuarkusIntegrationTest
@WithTestResource(PackagedIT.Surroundings.class)
class PackagedIT {

    private static final TestNamespace NAMESPACE = new TestNamespace("packaged");

    /** The namespace that it looks after, and the cluster that this is in. */
    public static final class Surroundings implements QuarkusTestResourceLifecycleManager {

        @Override
        public Map<String, String> start() {
            NAMESPACE.make();
            return Map.of(
                    "kubeconfig", TestCluster.property("kubeconfig"),
                    "matriarch.namespaces", NAMESPACE.name(),
                    "matriarch.reach", "direct",
                    "matriarch.postgresql.images.17", TestCluster.postgres(17));
        }

        @Override
        public void stop() {
            NAMESPACE.remove();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void itIsHealthy(String kind) {
        given().get("/q/health/" + kind).then().statusCode(200).body("status", equalTo("UP"));
    }

    @Test
    void itMakesAClusterAndCountsItsReconciles() {
        NAMESPACE.cluster("orders").apply("{instances: 1}").awaitSettled();

        given().get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString(
                        "matriarch_reconcile_seconds_count{controller=\"pgcluster\",outcome=\"success\"}"));
    }
}
