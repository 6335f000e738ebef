package dev.matriarch.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A file-based catalog: the package, one channel, and of each bundle what {@code opm render} says of it. */
final class Catalog {

    static final String FILE = "catalog/matriarch/catalog.yaml";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private static final List<String> OF_SPEC = List.of(
            "description",
            "displayName",
            "installModes",
            "keywords",
            "links",
            "maintainers",
            "maturity",
            "minKubeVersion",
            "provider");

    private Catalog() {}

    /**
     * A bundle in a catalog.
     *
     * @param manifests the directory with its manifests
     * @param image the bundle's image
     */
    record Bundle(Path manifests, String image) {

        JsonNode serviceVersion() {
            return readYaml(manifests.resolve("matriarch.clusterserviceversion.yaml"));
        }
    }

    /** The catalog of these bundles, the oldest first. */
    static String generate(List<Bundle> bundles) {
        JsonNode annotations = readYaml(BundleFiles.FOLDER.resolve("metadata/annotations.yaml"))
                .path("annotations");
        String channel = annotations
                .path("operators.operatorframework.io.bundle.channel.default.v1")
                .asText();
        JsonNode newest = bundles.get(bundles.size() - 1).serviceVersion();

        ObjectNode olmPackage = YAML.createObjectNode()
                .put("schema", "olm.package")
                .put("name", ServiceVersion.PACKAGE)
                .put("defaultChannel", channel)
                .put(
                        "description",
                        newest.at("/metadata/annotations/description").asText());
        JsonNode icon = newest.at("/spec/icon/0");
        olmPackage
                .putObject("icon")
                .put("base64data", icon.path("base64data").asText())
                .put("mediatype", icon.path("mediatype").asText());
        ObjectNode olmChannel = YAML.createObjectNode()
                .put("schema", "olm.channel")
                .put("package", ServiceVersion.PACKAGE)
                .put("name", channel);
        ArrayNode entries = olmChannel.putArray("entries");
        StringBuilder text = new StringBuilder(
                BundleFiles.header(bundles.size() == 1 ? "the bundle" : "the bundles, by olm-bundle/release"));
        for (Bundle bundle : bundles) {
            JsonNode csv = bundle.serviceVersion();
            ObjectNode entry =
                    entries.addObject().put("name", csv.at("/metadata/name").asText());
            if (csv.at("/spec").has("replaces")) {
                entry.put("replaces", csv.at("/spec/replaces").asText());
            }
        }
        text.append(document(olmPackage).replaceFirst("^---\n", "")).append(document(olmChannel));
        bundles.forEach(bundle -> text.append(document(describe(bundle))));
        return text.toString();
    }

    private static ObjectNode describe(Bundle bundle) {
        JsonNode csv = bundle.serviceVersion();
        ObjectNode described = YAML.createObjectNode()
                .put("schema", "olm.bundle")
                .put("package", ServiceVersion.PACKAGE)
                .put("name", csv.at("/metadata/name").asText())
                .put("image", bundle.image());
        ArrayNode properties = described.putArray("properties");
        csv.at("/spec/customresourcedefinitions/owned").forEach(owned -> property(properties, "olm.gvk")
                .put("group", owned.path("name").asText().replaceFirst("[^.]*\\.", ""))
                .put("kind", owned.path("kind").asText())
                .put("version", owned.path("version").asText()));
        property(properties, "olm.package")
                .put("packageName", ServiceVersion.PACKAGE)
                .put("version", csv.at("/spec/version").asText());
        ObjectNode metadata = property(properties, "olm.csv.metadata");
        metadata.set("annotations", csv.at("/metadata/annotations"));
        metadata.set("labels", csv.at("/metadata/labels"));
        metadata.set("crdDescriptions", csv.at("/spec/customresourcedefinitions"));
        OF_SPEC.forEach(name -> metadata.set(name, csv.at("/spec/" + name)));

        ArrayNode related = described.putArray("relatedImages");
        related.addObject().put("name", "").put("image", bundle.image());
        Set<String> named = new LinkedHashSet<>();
        csv.at("/spec/relatedImages").forEach(image -> {
            related.add(image);
            named.add(image.path("image").asText());
        });
        csv.at("/spec/install/spec/deployments").findValues("image").forEach(image -> {
            if (named.add(image.asText())) {
                related.addObject().put("name", "").put("image", image.asText());
            }
        });
        return described;
    }

    private static ObjectNode property(ArrayNode properties, String type) {
        return properties.addObject().put("type", type).putObject("value");
    }

    private static String document(JsonNode node) {
        try {
            return YAML.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode readYaml(Path file) {
        try {
            return YAML.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
