package dev.matriarch.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matriarch.Samples;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server fills in from the CRD is what the classes fill in for an object that was stored before a field existed. */
class DefaultsTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @Test
    void anEmptySpecIsTheSameByTheCrdAndByTheClasses() throws IOException {
        JsonNode schema =
                YAML.readTree(CrdFile.COMMITTED.toFile()).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        ObjectNode filledIn = YAML.createObjectNode();
        fillIn(filledIn, schema);
        assertThat(YAML.convertValue(filledIn, PgClusterSpec.class))
                .isEqualTo(Samples.cluster("").getSpec());
        assertThat(filledIn.at("/storage/size").asText())
                .as("the CRD does have defaults")
                .isEqualTo("1Gi");
    }

    @Test
    void anEmptySpecIsACompleteCluster() {
        PgClusterSpec spec = new PgCluster().getSpec();
        assertThat(spec.instances()).isEqualTo(3);
        assertThat(spec.postgresql().version()).isEqualTo(17);
        assertThat(spec.bootstrap().database()).isEqualTo("app");
        assertThat(spec.storage().retention()).isEqualTo(Storage.Retention.Retain);
        assertThat(spec.replication().required(3)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "Majority, 1, 0",
        "Majority, 2, 1",
        "Majority, 3, 1",
        "Majority, 4, 2",
        "Majority, 5, 2",
        "Majority, 9, 4",
        "None, 3, 0",
        "1, 3, 1",
        "2, 3, 2",
        "2, 2, 1",
        "1, 1, 0"
    })
    void howManyStandbysConfirm(String synchronous, int instances, int required) {
        PgCluster cluster = Samples.cluster("replication: {synchronous: " + synchronous + "}");
        assertThat(cluster.getSpec().replication().required(instances)).isEqualTo(required);
    }

    @Test
    void aSpecIsReadBackAsItWasWritten() {
        PgClusterSpec spec = Samples.cluster("""
                        instances: 5
                        postgresql: {version: 16, image: "postgres:16.9", parameters: {work_mem: 16MB}, hba: ["host all all all md5"]}
                        bootstrap: {sql: ["create extension pg_trgm"]}
                        storage: {size: 10Gi, retention: Delete, accessModes: [ReadWriteMany]}
                        replication: {synchronous: 2}
                        services: {primary: {type: LoadBalancer, annotations: {a: b}}}
                        pod: {labels: {team: shop}, nodeSelector: {disk: fast}}
                        """).getSpec();
        assertThat(YAML.convertValue(YAML.convertValue(spec, JsonNode.class), PgClusterSpec.class))
                .isEqualTo(spec);
    }

    private static void fillIn(ObjectNode object, JsonNode schema) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            JsonNode standard = property.getValue().get("default");
            if (standard != null) {
                object.set(property.getKey(), standard.deepCopy());
            }
            if (object.get(property.getKey()) instanceof ObjectNode child) {
                fillIn(child, property.getValue());
            }
        }
    }
}
