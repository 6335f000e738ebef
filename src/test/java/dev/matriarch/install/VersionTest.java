package dev.matriarch.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The version stands in the POM; what cannot take it from there is held to it. */
class VersionTest {

    @Test
    void manifestAndChartHaveTheVersionOfThePom() throws IOException {
        String version;
        try (InputStream stream = VersionTest.class.getResourceAsStream("/needs/version.txt")) {
            version = new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
        assertThat(version).matches("\\d.*");
        JsonNode chart = OperatorManifest.tree(Files.readString(Path.of("charts/matriarch/Chart.yaml")));
        assertThat(chart.get("version").asText()).isEqualTo(version);
        assertThat(chart.get("appVersion").asText()).isEqualTo(version);
        assertThat(OperatorManifest.tree(OperatorManifest.committed().document("Deployment"))
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo("matriarch/matriarch:" + version);
    }
}
