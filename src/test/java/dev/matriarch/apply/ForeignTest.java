package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What belongs to somebody else, and what the API server refuses. */
class ForeignTest {

    private final OwnObjects orders = new OwnObjects(Samples.cluster(""), null);
    private final List<Problem> problems = new ArrayList<>();

    @Test
    void aSecretOfSomebodyElseIsNotReadAndNobodyIsToldToDeleteItForUs() {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName("orders-superuser")
                .endMetadata()
                .build();
        assertThat(PasswordKeeper.isForeign(orders, secret, problems)).isTrue();
        assertThat(problems)
                .extracting(Problem::toString)
                .containsExactly("Secret orders-superuser: exists already and has no owner; it is left alone."
                        + " Delete or rename it, or give the PgCluster another name.");
    }

    @Test
    void aKeptSecretIsOurs() {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName("orders-superuser")
                .addToLabels("postgres.matriarch.dev/cluster", "orders")
                .endMetadata()
                .build();
        assertThat(PasswordKeeper.isForeign(orders, secret, problems)).isFalse();
        assertThat(problems).isEmpty();
    }

    @Test
    void noPodIsMadeThatWouldMountWhatIsForeign() {
        assertThat(OwnedObjects.mountsForeign(orders, List.of(new Problem("Secret orders-superuser", "exists"))))
                .isFalse();
        assertThat(OwnedObjects.mountsForeign(orders, List.of(new Problem("Secret orders-internal", "exists"))))
                .isTrue();
        assertThat(OwnedObjects.mountsForeign(orders, List.of(new Problem("ConfigMap orders-config", "exists"))))
                .isTrue();
    }

    @Test
    void whatTheApiServerRefusesNamesTheFieldOfThePgCluster() {
        Problem problem =
                refused("StatefulSet.apps \"orders\" is invalid: spec.template.spec.containers[0].resources.requests:"
                        + " Invalid value: \"2\": must be less than or equal to cpu limit of 1");
        assertThat(problem.field()).isEqualTo("spec.pod.resources");
        assertThat(problem.message())
                .startsWith("the API server refuses StatefulSet orders with this: spec.template.spec")
                .endsWith("less than or equal to cpu limit of 1. Lower the request or raise the limit.");
        assertThat(refused("spec.template.spec.tolerations[0].operator: Invalid")
                        .field())
                .isEqualTo("spec.pod");
        assertThat(refused("exceeded quota").field()).isEqualTo("StatefulSet orders");
    }

    private static Problem refused(String said) {
        return Applier.refused(
                new StatefulSetBuilder()
                        .withNewMetadata()
                        .withName("orders")
                        .endMetadata()
                        .build(),
                said);
    }
}
