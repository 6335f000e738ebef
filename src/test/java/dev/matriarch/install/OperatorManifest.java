package dev.matriarch.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The manifest that people edit, as text: what is made from it keeps its comments, the reason of each permission above all. */
final class OperatorManifest {

    static final Path FILE = Path.of("src/main/kubernetes/operator.yml");

    private static final Set<String> CLUSTER_SCOPED =
            Set.of("nodes", "storageclasses", "persistentvolumes", "namespaces");

    private static final String BETWEEN = "---\n";
    private static final YAMLMapper YAML = new YAMLMapper();

    private final List<String> documents;

    OperatorManifest(String text) {
        // The head of the file tells where it is kept, which concerns nobody who installs it.
        this.documents = Arrays.asList(text.replaceFirst("\\A(#.*\n)+", "").split("(?m)^" + BETWEEN));
    }

    static OperatorManifest committed() {
        try {
            return new OperatorManifest(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String join(List<String> documents) {
        return String.join(BETWEEN, documents);
    }

    /** Its documents in their order, with the comments before them. */
    List<String> documents() {
        return documents;
    }

    /** The one document of a kind. */
    String document(String kind) {
        return documents.stream().filter(isOf(kind)).findFirst().orElseThrow();
    }

    static Predicate<String> isOf(String... kinds) {
        return document -> List.of(kinds).contains(kindOf(document));
    }

    static String kindOf(String document) {
        return tree(document).get("kind").asText();
    }

    static JsonNode tree(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rules of a Role or ClusterRole, each with its reason. */
    static List<String> rules(String role) {
        List<String> rules = new ArrayList<>();
        StringBuilder rule = new StringBuilder();
        boolean complete = false;
        for (String line : role.substring(role.indexOf("rules:\n") + "rules:\n".length())
                .lines()
                .toList()) {
            boolean begins = line.startsWith("#") || line.startsWith("- ");
            if (begins && complete) {
                rules.add(rule.toString());
                rule.setLength(0);
                complete = false;
            }
            complete |= line.startsWith("- ");
            rule.append(line).append('\n');
        }
        rules.add(rule.toString());
        return rules;
    }

    /** The rules of a ClusterRole about objects that are in no namespace, or the others. */
    static String rules(String role, boolean aboutClusterScoped) {
        return rules(role).stream()
                .filter(rule -> isAboutClusterScoped(rule) == aboutClusterScoped)
                .collect(Collectors.joining());
    }

    static boolean isAboutClusterScoped(String rule) {
        return CLUSTER_SCOPED.contains(tree(rule).at("/0/resources/0").asText());
    }
}
