package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests run in clusters of people too, and must not take away anything of theirs. */
@WithoutOperator(seconds = 16)
@Quiet
class OwnNamespaceIT {

    private final KubernetesClient client = TestCluster.client();
    private final TestNamespace namespace = new TestNamespace("whose");

    @AfterEach
    void takeAway() {
        client.namespaces().withName(namespace.name()).delete();
        Waiting.await("namespace is gone").until(() -> present() == null);
    }

    @Test
    void oneThatNoTestHasMadeIsLeftAlone() {
        Namespace users = client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace.name())
                        .endMetadata()
                        .build())
                .create();
        assertThatThrownBy(() -> namespace.beforeAll(null))
                .hasMessageContaining("namespace matriarch-test-whose without the label matriarch.dev/test=true");
        namespace.afterAll(null);
        assertThat(present().getMetadata().getUid())
                .isEqualTo(users.getMetadata().getUid());
        assertThat(present().getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void oneOfAnEarlierRunIsReplaced() {
        new TestNamespace("whose").beforeAll(null);
        String before = present().getMetadata().getUid();
        namespace.beforeAll(null);
        assertThat(present().getMetadata().getUid()).isNotEqualTo(before);
        namespace.afterAll(null);
        Waiting.await("it is being deleted")
                .until(() -> present() == null || present().getMetadata().getDeletionTimestamp() != null);
    }

    private Namespace present() {
        return client.namespaces().withName(namespace.name()).get();
    }
}
