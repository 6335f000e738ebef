package dev.matriarch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Defects that published bundles of well-known operators have had. */
class BundleDefectsTest {

    private final JsonNode csv = Catalog.readYaml(BundleFiles.FOLDER.resolve(BundleFiles.SERVICE_VERSION));

    /** Readers drop a field whose case is wrong. The validators know every field; these are the ones that ours may have. */
    @Test
    void fieldsAreWrittenAsOlmReadsThem() {
        assertThat(List.of(
                        "displayName",
                        "description",
                        "maturity",
                        "minKubeVersion",
                        "keywords",
                        "maintainers",
                        "provider",
                        "links",
                        "installModes",
                        "customresourcedefinitions",
                        "version",
                        "replaces",
                        "icon",
                        "install",
                        "relatedImages"))
                .containsAll(names(csv.path("spec")));
        assertThat(csv.at("/spec/minKubeVersion").asText()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
    }

    @Test
    void annotationsAreStringsOfPlainCharacters() throws IOException {
        for (JsonNode annotations : List.of(
                csv.at("/metadata/annotations"),
                Catalog.readYaml(BundleFiles.FOLDER.resolve("metadata/annotations.yaml"))
                        .path("annotations"))) {
            assertThat(annotations).isNotEmpty().allSatisfy(value -> {
                assertThat(value.isTextual()).as(value.toString()).isTrue();
                assertThat(value.asText()).isNotBlank().matches("[\\n\\x20-\\x7e]+");
            });
        }
        for (String json : List.of("alm-examples", "operatorframework.io~1initialization-resource")) {
            new ObjectMapper().readTree(csv.at("/metadata/annotations/" + json).asText());
        }
    }

    @Test
    void everyProbeAsksForWhatItIsFor() throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            properties.load(file);
        }
        String root = properties.getProperty("quarkus.smallrye-health.root-path");
        assertThat(containers()).allSatisfy(container -> {
            assertThat(path(container, "livenessProbe")).isEqualTo(root + "/live");
            assertThat(path(container, "readinessProbe")).isEqualTo(root + "/ready");
            assertThat(path(container, "startupProbe")).isEqualTo(root + "/started");
        });
    }

    @Test
    void everyContainerAsksForCpuAndMemoryAndIsRestricted() {
        assertThat(pod().at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod().at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(containers()).isNotEmpty().allSatisfy(container -> {
            assertThat(container.at("/resources/requests/cpu").asText()).isNotBlank();
            assertThat(container.at("/resources/requests/memory").asText()).isNotBlank();
            assertThat(container.at("/resources/limits/memory").asText()).isNotBlank();
            JsonNode security = container.path("securityContext");
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        });
    }

    @Test
    void everyOwnedResourceSaysWhatItMakes() {
        assertThat(csv.at("/spec/customresourcedefinitions/owned")).isNotEmpty().allSatisfy(owned -> {
            assertThat(owned.path("displayName").asText()).isNotBlank();
            assertThat(owned.path("description").asText()).isNotBlank();
            assertThat(owned.path("resources")).isNotEmpty().allSatisfy(resource -> {
                assertThat(resource.path("kind").asText()).isNotBlank();
                assertThat(resource.path("version").asText()).isNotBlank();
            });
        });
    }

    /** The date is that of the release, which sets it in the POM for the build to be reproducible. */
    @Test
    void theDateIsThatOfThePom() {
        String date = csv.at("/metadata/annotations/createdAt").asText();
        assertThat(date).isEqualTo(Release.ofTheSources().createdAt());
        assertThat(Instant.parse(date)).isBefore(Instant.now());
    }

    @Test
    void thereIsOneIconAndItIsAnImage() {
        assertThat(csv.at("/spec/icon")).hasSize(1);
        JsonNode icon = csv.at("/spec/icon/0");
        assertThat(icon.path("mediatype").asText()).isEqualTo("image/svg+xml");
        assertThat(new String(Base64.getDecoder().decode(icon.path("base64data").asText()), StandardCharsets.UTF_8))
                .startsWith("<svg ");
    }

    @Test
    void peopleAndPlacesCanBeReached() {
        assertThat(csv.at("/spec/maintainers")).isNotEmpty().allSatisfy(maintainer -> assertThat(
                        maintainer.path("email").asText())
                .matches("[a-z.]+@[a-z.]+\\.[a-z]+"));
        assertThat(csv.at("/spec/links")).isNotEmpty().allSatisfy(link -> assertThat(
                        URI.create(link.path("url").asText()).getScheme())
                .isEqualTo("https"));
        assertThat(csv.at("/spec/provider/name").asText()).isNotBlank();
        assertThat(csv.at("/spec/description").asText()).contains("## Features", "## Prerequisites", "## Licence");
    }

    @Test
    void allFourInstallModesAreTold() {
        Map<String, Boolean> modes = stream(csv.at("/spec/installModes"))
                .collect(Collectors.toMap(mode -> mode.path("type").asText(), mode -> mode.path("supported")
                        .asBoolean()));
        assertThat(modes).containsOnlyKeys("OwnNamespace", "SingleNamespace", "MultiNamespace", "AllNamespaces");
        assertThat(modes.get("AllNamespaces")).isTrue();
    }

    @Test
    void theImageOfTheBundleBearsTheAnnotationsAsLabels() throws IOException {
        Map<String, String> labels = new TreeMap<>();
        for (String line : Files.readAllLines(BundleFiles.FOLDER.resolve("bundle.Dockerfile"))) {
            if (line.startsWith("LABEL ")) {
                String[] label = line.substring("LABEL ".length()).split("=", 2);
                labels.put(label[0], label[1]);
            }
        }
        JsonNode annotations = Catalog.readYaml(BundleFiles.FOLDER.resolve("metadata/annotations.yaml"))
                .path("annotations");
        assertThat(names(annotations)).containsExactlyInAnyOrderElementsOf(labels.keySet());
        labels.forEach(
                (name, value) -> assertThat(annotations.path(name).asText()).isEqualTo(value));
    }

    private JsonNode pod() {
        return csv.at("/spec/install/spec/deployments/0/spec/template/spec");
    }

    private JsonNode containers() {
        return pod().path("containers");
    }

    private static String path(JsonNode container, String probe) {
        return container.at("/" + probe + "/httpGet/path").asText();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
