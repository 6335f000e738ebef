package dev.matriarch.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the operator asks of a cluster before it starts: the fields of the CRDs, and its permissions. */
final class Needs {

    static final Path FIELDS = Path.of("src/main/resources/needs/fields.txt");
    static final Path PERMISSIONS = Path.of("src/main/resources/needs/permissions.txt");

    private static final String MADE_BY = "# Generated from src/main/kubernetes. Make it anew with: scripts/generate\n";

    private Needs() {}

    /** Lines of plural, kind and the path of a field; {@code []} is an element of a list, <code>{}</code> a value of a map. */
    static String fields(List<String> crds) {
        Set<String> lines = new TreeSet<>();
        for (String text : crds) {
            JsonNode spec = OperatorManifest.tree(text).get("spec");
            String names = spec.at("/names/plural").asText() + " "
                    + spec.at("/names/kind").asText() + " ";
            JsonNode schema = spec.at("/versions/0/schema/openAPIV3Schema");
            List.of("spec", "status").forEach(part -> collect(schema.at("/properties/" + part), names + part, lines));
        }
        return MADE_BY + String.join("\n", lines) + "\n";
    }

    private static void collect(JsonNode schema, String path, Set<String> lines) {
        lines.add(path);
        schema.path("properties")
                .properties()
                .forEach(field -> collect(field.getValue(), path + "." + field.getKey(), lines));
        if (schema.path("items").isObject()) {
            collect(schema.get("items"), path + "[]", lines);
        }
        if (schema.path("additionalProperties").isObject()) {
            collect(schema.get("additionalProperties"), path + "{}", lines);
        }
    }

    /** Lines of scope, API group ({@code core} for the one without a name), resource and verb. */
    static String permissions(String clusterRole) {
        Set<String> lines = new TreeSet<>();
        for (String rule : OperatorManifest.rules(clusterRole)) {
            String scope = OperatorManifest.isAboutClusterScoped(rule) ? "cluster" : "namespace";
            JsonNode tree = OperatorManifest.tree(rule).get(0);
            for (JsonNode group : tree.get("apiGroups")) {
                for (JsonNode resource : tree.get("resources")) {
                    for (JsonNode verb : tree.get("verbs")) {
                        lines.add(String.join(
                                " ",
                                scope,
                                group.asText().isEmpty() ? "core" : group.asText(),
                                resource.asText(),
                                verb.asText()));
                    }
                }
            }
        }
        return MADE_BY + String.join("\n", lines) + "\n";
    }
}
