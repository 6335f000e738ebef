package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What comes of a PgCluster: its objects, its Pods, its status and its Events. */
@BesideOthers(seconds = 15)
class ObjectsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("objects");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() {
        ORDERS.apply("{}").awaitSettled();
    }

    @Test
    void theObjectsOfTheContractAreThereAndNoOthers() {
        assertThat(made("statefulset")).containsExactly("orders");
        assertThat(made("service")).containsExactly("orders", "orders-pods", "orders-primary", "orders-replicas");
        assertThat(made("secret")).containsExactly("orders-app", "orders-internal", "orders-superuser");
        assertThat(made("configmap")).containsExactly("orders-config");
        assertThat(made("poddisruptionbudget")).containsExactly("orders", "orders-primary");
        assertThat(made("serviceaccount")).containsExactly("orders");
        assertThat(made("persistentvolumeclaim")).containsExactly("data-orders-0", "data-orders-1", "data-orders-2");
        assertThat(made("pod")).containsExactly("orders-0", "orders-1", "orders-2");
        assertThat(made("endpointslice")).contains("orders-primary");
    }

    @Test
    void allOfThemBearTheLabels() {
        assertThat(objects())
                .allSatisfy(object -> assertThat(object.getMetadata().getLabels())
                        .containsEntry("app.kubernetes.io/name", "postgresql")
                        .containsEntry("app.kubernetes.io/instance", "orders")
                        .containsEntry("app.kubernetes.io/component", "database")
                        .containsEntry("app.kubernetes.io/managed-by", "matriarch")
                        .containsEntry("postgres.matriarch.dev/cluster", "orders"));
    }

    @Test
    void thePgClusterOwnsAllButWhatIsKeptWithTheVolumes() {
        String uid = ORDERS.get().getMetadata().getUid();
        for (HasMetadata object : objects()) {
            boolean kept = List.of("Secret", "PersistentVolumeClaim").contains(object.getKind());
            boolean made = "Pod".equals(object.getKind()); // by the StatefulSet
            if (kept) {
                assertThat(object.getMetadata().getOwnerReferences())
                        .as(object.getMetadata().getName())
                        .isEmpty();
            } else if (!made) {
                assertThat(object.getMetadata().getOwnerReferences())
                        .as(object.getMetadata().getName())
                        .singleElement()
                        .satisfies(owner -> assertThat(owner.getKind()).isEqualTo("PgCluster"))
                        .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(uid))
                        .satisfies(owner -> assertThat(owner.getController()).isTrue());
            }
        }
    }

    @Test
    void rolesAreOnThePods() {
        assertThat(NAMESPACE.kubectl().does("get", "pods", "-L", "postgres.matriarch.dev/role", "--no-headers"))
                .containsPattern("orders-0 .* primary")
                .containsPattern("orders-1 .* replica")
                .containsPattern("orders-2 .* replica");
    }

    @Test
    void aDatabasePodHasNoTokenNoRootAndNothingToWriteTo() {
        for (int i = 0; i < 3; i++) {
            Pod pod = ORDERS.pod(i);
            assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(999);
            assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(ORDERS.kubectl()
                                    .shell(
                                            "orders-" + i,
                                            "postgres",
                                            "id -u; touch /written /etc/matriarch/written; ls /var/run/secrets /run/secrets; env")
                                    .err()
                            + ORDERS.kubectl()
                                    .shell("orders-" + i, "postgres", "env")
                                    .out())
                    .contains("cannot touch '/written': Read-only file system")
                    .contains("cannot touch '/etc/matriarch/written': Read-only file system")
                    .contains("'/var/run/secrets': No such file or directory")
                    .doesNotContainIgnoringCase("password");
        }
    }

    @Test
    void eachInstanceIsOnANodeOfItsOwn() {
        assertThat(Stream.of(0, 1, 2).map(i -> ORDERS.pod(i).getSpec().getNodeName()))
                .doesNotHaveDuplicates();
    }

    @Test
    void theStatusSaysWhatThereIs() {
        PgCluster cluster = ORDERS.get();
        PgClusterStatus status = cluster.getStatus();

        assertThat(status.observedGeneration()).isEqualTo(cluster.getMetadata().getGeneration());
        assertThat(status.phase()).isEqualTo(PgClusterStatus.Phase.Running);
        assertThat(status.instances()).isEqualTo(3);
        assertThat(status.readyInstances()).isEqualTo(3);
        assertThat(status.selector()).isEqualTo("postgres.matriarch.dev/cluster=orders");
        assertThat(status.primary()).isEqualTo("orders-0");
        assertThat(status.epoch()).isEqualTo(1);
        assertThat(status.timeline()).isEqualTo(1);
        assertThat(status.timelines()).containsExactly(new PgClusterStatus.EpochTimeline(1L, 1L, null, null));
        assertThat(status.systemIdentifier()).matches("[0-9]{19}");
        assertThat(status.postgresVersion()).isEqualTo(TestCluster.postgresVersion(17));
        assertThat(status.binding().name()).isEqualTo("orders-app");
        assertThat(status.instanceStatuses())
                .extracting(each -> each.name() + " " + each.role() + " " + each.ready() + " " + each.syncState())
                .containsExactly(
                        "orders-0 primary true ", "orders-1 standby true quorum", "orders-2 standby true quorum");
        assertThat(status.instanceStatuses())
                .allSatisfy(each -> assertThat(each.node()).matches("n[123]"));
    }

    @Test
    void theConditionsAreThoseOfKubernetes() {
        PgCluster cluster = ORDERS.get();
        assertThat(cluster.getStatus().conditions())
                .extracting(each -> each.type() + "=" + each.status() + " " + each.reason())
                .contains(
                        "Ready=True AcceptsWrites",
                        "Replicated=True AllStream",
                        "Progressing=False Settled",
                        "Accepted=True Valid");
        assertThat(cluster.getStatus().conditions())
                .allSatisfy(each -> assertThat(each.observedGeneration())
                        .isEqualTo(cluster.getMetadata().getGeneration()))
                .extracting(StatusCondition::lastTransitionTime)
                .allSatisfy(time -> assertThat(time).matches("2[0-9-]{9}T[0-9:]{8}Z"));
        NAMESPACE.kubectl().does("wait", "--for=condition=Ready", "pgcluster/orders", "--timeout=60s");
    }

    @Test
    void eachStepThatAPersonWouldAskAboutIsAnEvent() {
        ORDERS.awaitEvent("Created", "StatefulSet orders was made");
        ORDERS.awaitEvent("Initialising", "orders-0 initialises the cluster");
        ORDERS.awaitEvent("Recorded", "orders-0 initialised the cluster with system identifier");
        ORDERS.awaitEvent("Bootstrapped", "Database app of app was made");
        ORDERS.awaitEvent("Copying", "orders-2 copies orders-0");
        ORDERS.awaitEvent("Recorded", " wait for 1 of orders-1/e1, orders-2/e1");
        ORDERS.awaitEvent("Ready", "orders-0 accepts writes");
        assertThat(NAMESPACE.kubectl().does("describe", "pgc", "orders"))
                .contains("Bootstrapped", "orders-0 accepts writes.");
    }

    private static List<String> made(String kind) {
        return NAMESPACE
                .kubectl()
                .does(
                        "get",
                        kind,
                        "-l",
                        "postgres.matriarch.dev/cluster=orders",
                        "--sort-by=.metadata.name",
                        "-o",
                        "name")
                .lines()
                .map(name -> name.replaceFirst(".*/", ""))
                .toList();
    }

    /** All that bears the operator's label, but the slices that Kubernetes makes from labelled Services. */
    private static List<HasMetadata> objects() {
        var client = NAMESPACE.client();
        String namespace = NAMESPACE.name();
        String selector = "app.kubernetes.io/managed-by=matriarch";
        return Stream.<List<? extends HasMetadata>>of(
                        client.apps()
                                .statefulSets()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.services()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.secrets()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.configMaps()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.serviceAccounts()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.persistentVolumeClaims()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.pods()
                                .inNamespace(namespace)
                                .withLabelSelector(selector)
                                .list()
                                .getItems(),
                        client.discovery()
                                .v1()
                                .endpointSlices()
                                .inNamespace(namespace)
                                .withLabel("endpointslice.kubernetes.io/managed-by", "matriarch")
                                .list()
                                .getItems())
                .<HasMetadata>flatMap(List::stream)
                .toList();
    }
}
