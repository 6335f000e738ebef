package dev.matriarch.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matriarch.e2e.support.WithoutOperator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What Helm made of the chart; {@code charts/check} has called it, and its linter. */
@WithoutOperator
class ChartIT {

    private static final Path MADE = Path.of("target/chart");

    @Test
    void withDefaultValuesItMakesTheObjectsOfInstallYaml() throws IOException {
        Map<String, JsonNode> chart = objects(MADE.resolve("default.yaml"));
        Map<String, JsonNode> install = objects(InstallFiles.INSTALL);
        assertThat(install.remove("Namespace matriarch")).isNotNull(); // Helm's --create-namespace makes it

        assertThat(chart).containsOnlyKeys(install.keySet());
        install.forEach((name, object) -> assertThat(chart.get(name)).as(name).isEqualTo(object));
    }

    @Test
    void forSingleNamespacesItTouchesNothingOutsideOfThem() throws IOException {
        Map<String, JsonNode> chart = objects(MADE.resolve("single.yaml"));

        Set<String> namespaces = new TreeSet<>();
        chart.values()
                .forEach(object ->
                        namespaces.add(object.at("/metadata/namespace").asText()));
        assertThat(namespaces).containsExactly("billing", "matriarch", "orders");
        Set<JsonNode> rules =
                set(objects(InstallFiles.NAMESPACED).get("Role matriarch").get("rules"));
        rules.removeAll(set(chart.get("Role matriarch").get("rules")));
        for (String namespace : List.of("orders", "billing")) {
            assertThat(set(chart.get("Role matriarch-clusters " + namespace).get("rules")))
                    .isEqualTo(rules);
        }
        assertThat(chart.get("Deployment matriarch")
                        .at("/spec/template/spec/containers/0/env")
                        .toString())
                .contains("{\"name\":\"MATRIARCH_NAMESPACES\",\"value\":\"orders,billing\"}");
    }

    private static Set<JsonNode> set(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).collect(Collectors.toSet());
    }

    /** By kind and name, without what only Helm wants to know; rules in one order. */
    private static Map<String, JsonNode> objects(Path file) throws IOException {
        Map<String, JsonNode> objects = new TreeMap<>();
        for (String document : Files.readString(file).split("(?m)^---\n")) {
            JsonNode object = OperatorManifest.tree(document);
            if (object == null || !object.isObject()) {
                continue; // what a condition left out
            }
            ObjectNode metadata = (ObjectNode) object.get("metadata");
            metadata.remove(List.of("annotations", "labels"));
            if (object.get("rules") instanceof ArrayNode rules) {
                ((ObjectNode) object).set("rules", sorted(rules));
            }
            String namespace = metadata.path("namespace").asText();
            String name =
                    object.get("kind").asText() + " " + metadata.get("name").asText();
            boolean other = !namespace.isEmpty() && !namespace.equals("matriarch");
            assertThat(objects.put(other ? name + " " + namespace : name, object))
                    .as("twice " + name)
                    .isNull();
        }
        return objects;
    }

    private static ArrayNode sorted(ArrayNode rules) {
        ArrayNode sorted = rules.arrayNode();
        JsonNode[] all = StreamSupport.stream(rules.spliterator(), false).toArray(JsonNode[]::new);
        Arrays.sort(all, Comparator.comparing(JsonNode::toString));
        return sorted.addAll(List.of(all));
    }
}
