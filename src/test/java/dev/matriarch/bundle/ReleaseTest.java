package dev.matriarch.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published names every image by its digest, and leads from one version to the next. */
class ReleaseTest {

    private static final String OPERATOR = "example.test/matriarch@sha256:" + "a".repeat(64);
    private static final String POSTGRES = "example.test/postgres@sha256:" + "b".repeat(64);
    private static final String BUNDLE = "example.test/bundle@sha256:";

    @TempDir
    private Path folder;

    @Test
    void everyImageIsByDigestAndTold() throws IOException {
        JsonNode csv = release("0.1.0", null);
        JsonNode container = csv.at("/spec/install/spec/deployments/0/spec/template/spec/containers/0");
        assertThat(csv.at("/metadata/annotations/containerImage").asText()).isEqualTo(OPERATOR);
        assertThat(container.path("image").asText()).isEqualTo(OPERATOR);
        assertThat(csv.at("/spec/relatedImages"))
                .extracting(image -> image.path("image").asText())
                .containsExactly(OPERATOR, POSTGRES);
        assertThat(container.path("env"))
                .filteredOn(variable -> variable.path("name").asText().equals("MATRIARCH_POSTGRESQL_IMAGES_17"))
                .singleElement()
                .extracting(variable -> variable.path("value").asText())
                .isEqualTo(POSTGRES);
        assertThat(images(csv)).isNotEmpty().allMatch(Release::isByDigest);
        assertThat(csv.at("/metadata/annotations/createdAt").asText()).isEqualTo("2026-11-29T01:02:03Z");
    }

    @Test
    void allThatIsInTheImageIsWritten() throws IOException {
        release("0.1.0", null);
        Path bundle = folder.resolve("0.1.0");
        try (Stream<Path> files = Files.walk(bundle)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> bundle.relativize(file).toString())
                            .toList())
                    .containsExactlyInAnyOrderElementsOf(Stream.of(
                                    BundleFiles.present("manifests"),
                                    BundleFiles.present("metadata"),
                                    BundleFiles.present("tests"))
                            .flatMap(List::stream)
                            .toList());
        }
    }

    @Test
    void aTagOrAWrongVersionIsRefused() {
        for (String image : List.of("matriarch/matriarch:0.1.0", "matriarch", "matriarch@sha256:abc")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BundleMain.run(words("0.1.0", null, image)))
                    .withMessageContaining(image + "' has no digest");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> release("v0.1", null))
                .withMessageContaining("'v0.1' is not a semantic version");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleMain.run(
                        listed("catalog", folder.resolve("c.yaml").toString(), folder + "=matriarch/bundle:1")))
                .withMessageContaining("has no digest");
    }

    @Test
    void theCatalogLeadsFromOneVersionToTheNext() throws IOException {
        release("0.1.0", null);
        release("0.1.1", "0.1.0");
        Path catalog = folder.resolve("catalog.yaml");
        BundleMain.run(listed(
                "catalog",
                catalog.toString(),
                folder.resolve("0.1.0") + "=" + BUNDLE + "1".repeat(64),
                folder.resolve("0.1.1") + "=" + BUNDLE + "2".repeat(64)));

        List<JsonNode> documents = Documents.of(catalog);
        assertThat(documents)
                .extracting(document -> document.path("schema").asText())
                .containsExactly("olm.package", "olm.channel", "olm.bundle", "olm.bundle");
        JsonNode channel = documents.get(1);
        assertThat(documents.get(0).path("defaultChannel")).isEqualTo(channel.path("name"));
        assertThat(channel.at("/entries/0/name").asText()).isEqualTo("matriarch.v0.1.0");
        assertThat(channel.at("/entries/0").has("replaces")).isFalse();
        assertThat(channel.at("/entries/1/name").asText()).isEqualTo("matriarch.v0.1.1");
        assertThat(channel.at("/entries/1/replaces").asText()).isEqualTo("matriarch.v0.1.0");
        assertThat(documents.subList(2, 4)).allSatisfy(bundle -> {
            assertThat(bundle.path("image").asText()).startsWith(BUNDLE);
            assertThat(images(bundle)).isNotEmpty().allMatch(Release::isByDigest);
        });
    }

    private JsonNode release(String version, String replaces) throws IOException {
        BundleMain.run(words(version, replaces, OPERATOR));
        return Catalog.readYaml(folder.resolve(version).resolve(BundleFiles.SERVICE_VERSION));
    }

    private List<String> words(String version, String replaces, String operator) {
        List<String> words = listed(
                "bundle",
                "--version",
                version,
                "--created-at",
                "2026-11-29T01:02:03Z",
                "--operator",
                operator,
                "--postgres",
                "17=" + POSTGRES,
                "--out",
                folder.resolve(version).toString());
        if (replaces != null) {
            words.addAll(List.of("--replaces", replaces));
        }
        return words;
    }

    private static List<String> listed(String... words) {
        return new ArrayList<>(List.of(words));
    }

    /** Every image anywhere below. */
    private static List<String> images(JsonNode node) {
        return StreamSupport.stream(node.findValues("image").spliterator(), false)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();
    }
}
