package dev.matriarch.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who owns what, and what stays when a PgCluster is deleted. */
class OwnershipTest {

    private static final String VERSION = "app.kubernetes.io/version";

    @Test
    void everyObjectBearsTheLabelsByWhichItIsFound() {
        assertThat(Stream.concat(owned("").stream(), kept("").stream()))
                .allSatisfy(each -> assertThat(each.getMetadata().getLabels())
                        .containsEntry("postgres.matriarch.dev/cluster", "orders")
                        .containsEntry("app.kubernetes.io/managed-by", "matriarch")
                        .containsEntry("app.kubernetes.io/name", "postgresql")
                        .containsEntry("app.kubernetes.io/component", "database")
                        .containsEntry("app.kubernetes.io/instance", "orders"));
    }

    @Test
    void everyObjectSaysWhichVersionItIsForButWhatOutlivesAVersion() {
        String spec = "postgresql: {version: 16}";
        Blueprint blueprint = Samples.blueprint(spec);
        assertThat(Stream.concat(owned(spec).stream(), kept(spec).stream()))
                .allSatisfy(each -> assertThat(each.getMetadata().getLabels()).containsEntry(VERSION, "16"));
        assertThat(InstancePod.template(blueprint).getMetadata().getLabels()).containsEntry(VERSION, "16");
        assertThat(InstancesStatefulSet.build(blueprint).getSpec().getVolumeClaimTemplates())
                .as("a StatefulSet's never change")
                .singleElement()
                .satisfies(each -> assertThat(each.getMetadata().getLabels()).doesNotContainKey(VERSION));
        assertThat(MarksMap.build(blueprint, Map.of()).getMetadata().getLabels())
                .doesNotContainKey(VERSION);
    }

    @Test
    void everyObjectIsInTheClustersNamespace() {
        assertThat(Stream.concat(owned("").stream(), kept("").stream()))
                .extracting(each -> each.getMetadata().getNamespace())
                .containsOnly("shop");
    }

    @Test
    void whatIsMadeAnewFromTheSpecGoesWithThePgCluster() {
        for (HasMetadata each : owned("")) {
            OwnerReference owner = each.getMetadata().getOwnerReferences().get(0);
            assertThat(owner.getUid()).isEqualTo("uid-of-orders");
            assertThat(owner.getKind()).isEqualTo("PgCluster");
            assertThat(owner.getApiVersion()).isEqualTo("postgres.matriarch.dev/v1");
            assertThat(owner.getController()).isTrue();
        }
    }

    @Test
    void passwordsStayWithTheVolumesTheyBelongTo() {
        assertThat(kept(""))
                .allMatch(each -> each.getMetadata().getOwnerReferences().isEmpty());
        assertThat(kept("storage: {retention: Delete}"))
                .noneMatch(each -> each.getMetadata().getOwnerReferences().isEmpty());
        assertThat(kept("storage: {retention: Delete, sharedClaimName: nfs}"))
                .as("a shared claim is never deleted")
                .allMatch(each -> each.getMetadata().getOwnerReferences().isEmpty());
    }

    @Test
    void marksOfASharedClaimStayWithIt() {
        HasMetadata marks =
                MarksMap.build(Samples.blueprint("storage: {sharedClaimName: nfs}"), Map.of("orders-0", "x"));
        assertThat(marks.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(marks.getMetadata().getLabels()).containsEntry("postgres.matriarch.dev/cluster", "orders");
    }

    private static List<HasMetadata> owned(String spec) {
        Blueprint blueprint = Samples.blueprint(spec);
        return List.of(
                InstancesStatefulSet.build(blueprint),
                InstancesServiceAccount.build(blueprint),
                PodsService.build(blueprint),
                PrimaryService.build(blueprint),
                PrimaryNameService.build(blueprint),
                ReplicasService.build(blueprint),
                PrimarySlice.build(blueprint),
                ConfigurationMap.build(blueprint, Map.of(), List.of()),
                DisruptionBudgets.primary(blueprint),
                DisruptionBudgets.standbys(blueprint));
    }

    private static List<HasMetadata> kept(String spec) {
        Blueprint blueprint = Samples.blueprint(spec);
        return List.of(
                PasswordSecrets.superuser(blueprint, "secret"),
                PasswordSecrets.internal(blueprint, "one", "two"),
                AppSecret.build(blueprint, "secret"));
    }
}
