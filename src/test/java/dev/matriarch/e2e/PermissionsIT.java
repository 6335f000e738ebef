package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.AuditLog;
import dev.matriarch.e2e.support.AuditLog.Use;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The operator has the permissions that it needs and no others, by the API server's audit log. Everything that needs one is done here, so it does not matter
 * which other tests ran.
 */
@OnLocalCluster
@BesideOthers(seconds = 34)
class PermissionsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("permissions");

    /** What no course of events brings about here, and why it is needed nevertheless. */
    private static final Map<Use, String> ELSEWHERE = new TreeMap<>(Map.of(
            new Use("discovery.k8s.io", "endpointslices/restricted", "create"), "asked by OpenShift's API server alone",
            new Use("discovery.k8s.io", "endpointslices/restricted", "patch"), "asked by OpenShift's API server alone",
            new Use("postgres.matriarch.dev", "pgclusters/finalizers", "update"),
                    "asked where the admission plugin OwnerReferencesPermissionEnforcement is on, as on OpenShift"));

    @BeforeAll
    static void doAllThatNeedsAPermission() {
        Cluster orders = NAMESPACE.cluster("orders");
        orders.apply("{instances: 2}").awaitSettled();

        // A switchover is taken up, and deleted when it has ended, whatever came of it.
        NAMESPACE.kubectl().apply("""
                        apiVersion: postgres.matriarch.dev/v1
                        kind: PgSwitchover
                        metadata: {name: once}
                        spec: {cluster: orders, ttlSecondsAfterFinished: 1}
                        """).orThrow();
        await("the switchover was deleted").until(() -> NAMESPACE
                .kubectl()
                .does("get", "pgswitchovers", "-o", "name")
                .isEmpty());
        orders.awaitSettled();

        // Who is primary is read anew for each heartbeat of a primary that lives on them.
        orders.patch("{\"replication\": {\"synchronous\": \"None\"}}");
        orders.awaitSettled();

        // Without a second instance there is no disruption budget.
        orders.kubectl().does("scale", "pgc/orders", "--replicas=1");
        orders.awaitSettled();

        // A storage class is looked for.
        Cluster noClass = NAMESPACE.cluster("no-class");
        noClass.apply("{instances: 1, storage: {storageClassName: none}}");
        noClass.awaitCondition("Ready", "False", "storage class none does not exist");
        noClass.kubectl().does("delete", "pgc", "no-class");

        // A Pod that cannot start is deleted after its image was put right.
        Cluster putRight = NAMESPACE.cluster("put-right");
        putRight.apply("{instances: 1, postgresql: {image: '127.0.0.1:9/postgres:17.1'}}");
        putRight.awaitCondition("Ready", "False", "spec.postgresql.image");
        putRight.patch("{\"postgresql\": {\"image\": null}}");
        putRight.awaitSettled();
    }

    @Test
    void itAsksForNothingThatItWasNotGiven() {
        Set<Use> granted = granted();
        // Of what it was given, something may be refused for a moment: by an API server that has just started, or in a
        // namespace that is being deleted.
        assertThat(AuditLog.refused()).allSatisfy(refused -> assertThat(granted).contains(refused));
    }

    @Test
    void itHasNoPermissionThatItNeverUses() {
        Set<Use> idle = new TreeSet<>(granted());
        idle.removeAll(ELSEWHERE.keySet());
        await("every permission was used").untilAsserted(() -> {
            idle.removeAll(AuditLog.allowed());
            assertThat(idle).isEmpty();
        });
    }

    @Test
    void whatIsNeededElsewhereIsGranted() {
        assertThat(granted()).containsAll(ELSEWHERE.keySet());
    }

    private static Set<Use> granted() {
        return Stream.concat(
                        TestCluster.client().rbac().clusterRoles().withName("matriarch").get().getRules().stream(),
                        TestCluster.client()
                                .rbac()
                                .roles()
                                .inNamespace("matriarch")
                                .withName("matriarch")
                                .get()
                                .getRules()
                                .stream())
                .flatMap(PermissionsIT::uses)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Use> uses(PolicyRule rule) {
        List<String> verbs = rule.getVerbs();
        return rule.getApiGroups().stream().flatMap(group -> rule.getResources().stream()
                .flatMap(resource -> verbs.stream().map(verb -> new Use(group, resource, verb))));
    }
}
