package dev.matriarch.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The examples that consoles offer: those of {@code examples/} that need nothing else and have a name, which a form of a console shows; where it has
 * none of a kind, that of {@code src/main/olm/examples}.
 */
final class Examples {

    private static final Path OF_ALL = Path.of("examples");
    private static final Path OF_BUNDLE = Path.of("src/main/olm/examples");

    private Examples() {}

    /** By kind, as the CRDs are ordered; of a kind the shortest first, which is what a console shows first. */
    static List<JsonNode> of(List<OwnedCrd> crds) {
        Set<String> kinds = crds.stream().map(OwnedCrd::kind).collect(Collectors.toSet());
        List<JsonNode> general = whole(OF_ALL, kinds);
        List<JsonNode> own = whole(OF_BUNDLE, kinds);
        List<JsonNode> examples = new ArrayList<>();
        for (OwnedCrd crd : crds) {
            List<JsonNode> found = ofKind(general, crd.kind());
            examples.addAll(found.isEmpty() ? ofKind(own, crd.kind()) : found);
        }
        return examples;
    }

    private static List<JsonNode> ofKind(List<JsonNode> examples, String kind) {
        return examples.stream()
                .filter(example -> example.path("kind").asText().equals(kind))
                .sorted(Comparator.comparing(
                                (JsonNode example) -> example.toString().length())
                        .thenComparing(JsonNode::toString))
                .toList();
    }

    /** Of the files that hold nothing but our own kinds, all with a name. */
    private static List<JsonNode> whole(Path folder, Set<String> kinds) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .sorted()
                    .map(Documents::of)
                    .filter(documents -> documents.stream()
                            .allMatch(document ->
                                    kinds.contains(document.path("kind").asText())
                                            && document.at("/metadata/name").isTextual()))
                    .flatMap(List::stream)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
