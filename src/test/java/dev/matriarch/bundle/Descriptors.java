package dev.matriarch.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.yaml.snakeyaml.nodes.Node;

/**
 * What consoles show of each field. The source says how a field is edited; what it means is said once, in the CRD. A field of the first level
 * that the source does not name, neither itself nor a part of it, is added.
 */
final class Descriptors {

    private Descriptors() {}

    static void complete(Node owned, OwnedCrd crd) {
        complete(owned, crd, "specDescriptors", "spec");
        complete(owned, crd, "statusDescriptors", "status");
    }

    private static void complete(Node owned, OwnedCrd crd, String key, String part) {
        List<Node> descriptors = new ArrayList<>(YamlNodes.elements(owned, key).toList());
        List<String> described = new ArrayList<>();
        for (Node descriptor : descriptors) {
            String path = YamlNodes.text(descriptor, "path");
            JsonNode field = crd.field(part, path)
                    .orElseThrow(() -> new IllegalStateException("src/main/olm describes " + part + "." + path + " of "
                            + crd.kind() + ", which is not in its CRD"));
            describe(descriptor, field);
            described.add(path.replaceAll("\\..*", ""));
        }
        crd.schema(part).path("properties").properties().forEach(field -> {
            if (!described.contains(field.getKey())) {
                Node descriptor = YamlNodes.mapping();
                YamlNodes.put(descriptor, "path", YamlNodes.scalar(field.getKey()));
                YamlNodes.put(descriptor, "displayName", YamlNodes.scalar(words(field.getKey())));
                describe(descriptor, field.getValue());
                descriptors.add(descriptor);
            }
        });
        YamlNodes.put(owned, key, YamlNodes.sequence(descriptors));
    }

    private static void describe(Node descriptor, JsonNode field) {
        String description = field.path("description").asText();
        if (!description.isBlank()) {
            YamlNodes.put(descriptor, "description", YamlNodes.scalar(description));
        }
    }

    /** As in {@code readyInstances}: Ready instances. */
    private static String words(String name) {
        String apart = name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        return Character.toUpperCase(apart.charAt(0)) + apart.substring(1);
    }
}
