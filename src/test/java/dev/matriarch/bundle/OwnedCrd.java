package dev.matriarch.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A CRD of ours.
 *
 * @param file where it is
 * @param definition the whole CustomResourceDefinition
 */
record OwnedCrd(Path file, JsonNode definition) {

    private static final Path FOLDER = Path.of("src/main/kubernetes");

    /** All of them, by name. */
    static List<OwnedCrd> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .map(OwnedCrd::read)
                    .filter(crd -> crd.definition.path("kind").asText().equals("CustomResourceDefinition"))
                    .sorted(Comparator.comparing(OwnedCrd::name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first document of a file; a CRD is alone in its own. */
    private static OwnedCrd read(Path file) {
        try {
            return new OwnedCrd(file, new YAMLMapper().readTree(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    String name() {
        return definition.at("/metadata/name").asText();
    }

    String group() {
        return definition.at("/spec/group").asText();
    }

    String kind() {
        return definition.at("/spec/names/kind").asText();
    }

    String version() {
        return definition.at("/spec/versions/0/name").asText();
    }

    String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The schema of {@code spec} or {@code status}.
     *
     * @param part one of the two words
     */
    JsonNode schema(String part) {
        return definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/" + part);
    }

    /** The schema of a field of it, such as {@code storage.size}, if there is one. */
    Optional<JsonNode> field(String part, String path) {
        JsonNode schema = schema(part);
        for (String name : path.split("\\.")) {
            schema = schema.path("properties").path(name);
        }
        return schema.isMissingNode() ? Optional.empty() : Optional.of(schema);
    }
}
