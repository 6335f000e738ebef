package dev.matriarch.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Services, the EndpointSlice of the primary, and what protects Pods from eviction. */
class ServicesTest {

    private final Blueprint blueprint = Samples.blueprint("");

    @Test
    void thePrimarysServiceHasNoSelectorAndItsSliceIsOurs() {
        Service service = PrimaryService.build(blueprint);
        assertThat(service.getSpec().getSelector()).isNullOrEmpty();
        EndpointSlice slice = PrimarySlice.build(routed("10.0.0.7"));
        assertThat(slice.getMetadata().getLabels())
                .containsEntry("kubernetes.io/service-name", "orders-primary")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "matriarch");
        assertThat(slice.getEndpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.getAddresses()).containsExactly("10.0.0.7");
            assertThat(endpoint.getConditions().getReady()).isTrue();
        });
        assertThat(slice.getPorts().get(0).getName())
                .as("kube-proxy finds the port by its name")
                .isEqualTo(service.getSpec().getPorts().get(0).getName());
    }

    @Test
    void aSliceIsOfTheFamilyOfItsAddress() {
        assertThat(PrimarySlice.build(routed("fd00::7")).getAddressType()).isEqualTo("IPv6");
        assertThat(PrimarySlice.build(routed("10.0.0.7")).getAddressType()).isEqualTo("IPv4");
        assertThat(PrimarySlice.build(blueprint).getEndpoints()).isEmpty();
    }

    @Test
    void namesOfInstancesAreThereBeforeTheyAreReady() {
        Service service = PodsService.build(blueprint);
        assertThat(service.getMetadata().getName()).isEqualTo("orders-pods");
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
    }

    @Test
    void readersAndTheNameOfThePrimaryFollowTheRoleLabel() {
        assertThat(ReplicasService.build(blueprint).getSpec().getSelector())
                .containsEntry("postgres.matriarch.dev/role", "replica")
                .containsEntry("postgres.matriarch.dev/cluster", "orders");
        assertThat(PrimaryNameService.build(blueprint).getSpec()).satisfies(spec -> {
            assertThat(spec.getSelector()).containsEntry("postgres.matriarch.dev/role", "primary");
            assertThat(spec.getClusterIP()).isEqualTo("None");
        });
    }

    @Test
    void typeAndAnnotationsAreTheUsers() {
        Blueprint exposed = Samples.blueprint(
                "services: {primary: {type: LoadBalancer, annotations: {a: b}}, replicas: {type: NodePort}}");
        assertThat(PrimaryService.build(exposed).getSpec().getType()).isEqualTo("LoadBalancer");
        assertThat(PrimaryService.build(exposed).getMetadata().getAnnotations()).containsEntry("a", "b");
        assertThat(ReplicasService.build(exposed).getSpec().getType()).isEqualTo("NodePort");
    }

    @Test
    void aPodIsUnderOneBudgetOnly() {
        assertThat(DisruptionBudgets.standbys(blueprint).getSpec()).satisfies(spec -> {
            assertThat(spec.getMaxUnavailable().getIntVal()).isEqualTo(1);
            assertThat(spec.getSelector().getMatchLabels()).containsEntry("postgres.matriarch.dev/role", "replica");
        });
        assertThat(DisruptionBudgets.primary(blueprint).getSpec()).satisfies(spec -> {
            assertThat(spec.getMinAvailable().getIntVal()).isEqualTo(1);
            assertThat(spec.getSelector().getMatchLabels()).containsEntry("postgres.matriarch.dev/role", "primary");
        });
    }

    private Blueprint routed(String address) {
        return new Blueprint(
                blueprint.cluster(), blueprint.image(), blueprint.replicas(), Optional.of(address), blueprint.extras());
    }
}
