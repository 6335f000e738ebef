package dev.matriarch.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CrdFileTest {

    @Test
    void theCommittedCrdIsTheGeneratedOne() throws IOException {
        isCommitted(CrdFile.COMMITTED, CrdFile.generate());
    }

    @Test
    void theCommittedCrdOfSwitchoversIsTheGeneratedOne() throws IOException {
        isCommitted(CrdFile.OF_SWITCHOVERS, CrdFile.generateOfSwitchovers());
    }

    private static void isCommitted(Path file, String generated) throws IOException {
        if (Boolean.getBoolean("matriarch.regenerate")) {
            Files.writeString(file, generated);
        }
        assertThat(file)
                .as("make it anew with ./mvnw test -Dtest=CrdFileTest -Dmatriarch.regenerate=true")
                .hasContent(generated);
    }

    @Test
    void aRefusedParameterIsNamedInsteadOfAllThatAreRefused() throws IOException {
        JsonNode rules = new YAMLMapper()
                .readTree(Files.readString(CrdFile.COMMITTED))
                .at(
                        "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/postgresql/properties/parameters")
                .get("x-kubernetes-validations");
        assertThat(rules).hasSize(3).allSatisfy(rule -> {
            assertThat(rule.get("message").asText()).hasSizeLessThan(200);
            assertThat(rule.get("messageExpression").asText())
                    .startsWith("'" + rule.get("message").asText() + " %s'.format([self.filter(name, ");
        });
    }

    @Test
    void kubectlExplainHasAWordForEveryFieldOfASpec() throws IOException {
        JsonNode schema = new YAMLMapper()
                .readTree(Files.readString(CrdFile.COMMITTED))
                .at("/spec/versions/0/schema/openAPIV3Schema/properties");
        assertThat(schema.at("/spec/description").asText()).isNotBlank();
        assertThat(schema.at("/status/description").asText()).isNotBlank();
        assertThat(schema.at("/status/properties/conditions/description").asText())
                .contains("RestartPending");
        schema.at("/spec/properties").properties().forEach(field -> assertThat(
                        field.getValue().path("description").asText())
                .as(field.getKey())
                .isNotBlank());
    }

    @Test
    void itStaysFarBelowWhatEtcdAndKubectlTake() throws IOException {
        assertThat(Files.size(CrdFile.COMMITTED)).isLessThan(200 * 1024);
    }
}
