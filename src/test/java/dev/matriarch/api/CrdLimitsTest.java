package dev.matriarch.api;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every string, list and map of a spec has a maximum: the API server reckons what a CEL rule may cost from it, and refuses the CRD where there is none and a rule goes through
 * it.
 */
class CrdLimitsTest {

    private static final String POD =
            "Kubernetes' own; its schema alone is larger than all the rest. The API server checks it when the Pod is made";

    /** What has none, by its path, and why. {@code []} is what a list has, {@code {}} what a map has. */
    private static final Map<String, String> OPEN = Map.ofEntries(
            entry("pod.affinity", POD),
            entry("pod.securityContext", POD),
            entry("pod.sidecars[]", POD),
            entry("pod.topologySpreadConstraints[]", POD),
            entry("pod.volumes[]", POD),
            entry("replication.synchronous", "a rule of CEL takes two words and numbers only"));

    @Test
    void ofAPgCluster() throws IOException {
        assertThat(open(CrdFile.COMMITTED)).containsExactlyInAnyOrderElementsOf(OPEN.keySet());
    }

    @Test
    void ofAPgSwitchover() throws IOException {
        assertThat(open(CrdFile.OF_SWITCHOVERS)).isEmpty();
    }

    private static Set<String> open(Path crd) throws IOException {
        JsonNode spec = new YAMLMapper()
                .readTree(Files.readString(crd))
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        assertThat(spec.at("/properties")).isNotEmpty();
        Set<String> open = new TreeSet<>();
        walk("", spec, open);
        return open;
    }

    private static void walk(String path, JsonNode node, Set<String> open) {
        if (!isLimited(node)) {
            open.add(path);
        }
        node.path("properties")
                .properties()
                .forEach(each ->
                        walk(path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue(), open));
        if (node.has("items")) {
            walk(path + "[]", node.get("items"), open);
        }
        if (node.has("additionalProperties")) {
            walk(path + "{}", node.get("additionalProperties"), open);
        }
    }

    private static boolean isLimited(JsonNode node) {
        if (node.has("x-kubernetes-preserve-unknown-fields")) {
            return false; // an object of any content
        }
        if (!node.has("type")) {
            return node.has("maxLength"); // an int or a string
        }
        return switch (node.get("type").asText()) {
            case "string" -> node.has("maxLength") || node.has("enum");
            case "array" -> node.has("maxItems");
            case "object" -> node.has("properties") || node.has("maxProperties");
            default -> true;
        };
    }
}
