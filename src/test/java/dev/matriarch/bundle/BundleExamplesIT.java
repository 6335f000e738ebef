package dev.matriarch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.WithoutOperator;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What consoles offer is what a real API server takes: published bundles have had examples that it refuses. */
@WithoutOperator
class BundleExamplesIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("bundle-examples");

    /** They are made, and no PostgreSQL starts: other tests are about that. */
    @BeforeAll
    static void letNoPodStart() {
        NAMESPACE
                .client()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("no-pods")
                        .withNamespace(NAMESPACE.name())
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("pods", new Quantity("0"))
                        .endSpec()
                        .build())
                .create();
    }

    @Test
    void everyExampleIsTakenAsItStands() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode examples = json.readTree(Catalog.readYaml(BundleFiles.FOLDER.resolve(BundleFiles.SERVICE_VERSION))
                .at("/metadata/annotations/alm-examples")
                .asText());
        assertThat(examples).isNotEmpty();
        for (JsonNode example : examples) {
            String name = example.at("/metadata/name").asText();
            assertThat(NAMESPACE
                            .kubectl()
                            .apply(example.toString(), "--validate=strict")
                            .orThrow()
                            .out())
                    .contains(name + " created");
            JsonNode stored = json.readTree(
                    NAMESPACE.kubectl().does("get", example.path("kind").asText(), name, "-o", "json"));
            assertKept(example.path("spec"), stored.path("spec"), name);
        }
    }

    /** The API server may add defaults, but drops nothing and changes nothing. */
    private static void assertKept(JsonNode written, JsonNode stored, String where) {
        if (written.isObject()) {
            written.properties()
                    .forEach(field ->
                            assertKept(field.getValue(), stored.path(field.getKey()), where + "." + field.getKey()));
        } else {
            assertThat(stored).as(where).isEqualTo(written);
        }
    }
}
