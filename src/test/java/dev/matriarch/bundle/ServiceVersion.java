package dev.matriarch.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.yaml.snakeyaml.nodes.Node;

/** The ClusterServiceVersion: the source, completed with what the operator is made of. */
final class ServiceVersion {

    static final String PACKAGE = "matriarch";

    private static final Path SOURCE = Path.of("src/main/olm/clusterserviceversion.yaml");
    private static final Path ICON = Path.of("src/main/olm/icon.svg");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Release release;
    private final OperatorManifests operator;
    private final List<OwnedCrd> crds;
    private final Node csv = YamlNodes.withoutHead(YamlNodes.read(SOURCE).get(0));

    private ServiceVersion(Release release, OperatorManifests operator, List<OwnedCrd> crds) {
        this.release = release;
        this.operator = operator;
        this.crds = crds;
    }

    static Node generate(Release release, OperatorManifests operator, List<OwnedCrd> crds) {
        return new ServiceVersion(release, operator, crds).generate();
    }

    private Node generate() {
        metadata();
        Node spec = YamlNodes.get(csv, "spec");
        YamlNodes.put(spec, "version", YamlNodes.scalar(release.version()));
        release.replaces()
                .ifPresent(before -> YamlNodes.put(spec, "replaces", YamlNodes.scalar(PACKAGE + ".v" + before)));
        YamlNodes.put(spec, "icon", YamlNodes.sequence(List.of(icon())));
        own(YamlNodes.get(spec, "customresourcedefinitions"));
        YamlNodes.put(spec, "install", install());
        if (release.operatorImage().isPresent()) {
            YamlNodes.put(spec, "relatedImages", relatedImages());
        }
        return csv;
    }

    private void metadata() {
        Node metadata = YamlNodes.get(csv, "metadata");
        YamlNodes.put(metadata, "name", YamlNodes.scalar(PACKAGE + ".v" + release.version()));
        Node annotations = YamlNodes.get(metadata, "annotations");
        YamlNodes.put(annotations, "createdAt", YamlNodes.scalar(release.createdAt()));
        YamlNodes.put(
                annotations,
                "containerImage",
                YamlNodes.scalar(release.operatorImage().orElse(operator.image())));
        List<JsonNode> examples = Examples.of(crds);
        YamlNodes.put(annotations, "alm-examples", YamlNodes.block(pretty(examples)));
        YamlNodes.put(
                annotations, "operatorframework.io/initialization-resource", YamlNodes.block(pretty(examples.get(0))));
    }

    private static Node icon() {
        try {
            String svg = Files.readString(ICON);
            Node icon = YamlNodes.mapping();
            YamlNodes.put(
                    icon,
                    "base64data",
                    YamlNodes.scalar(Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8))));
            YamlNodes.put(icon, "mediatype", YamlNodes.scalar("image/svg+xml"));
            return icon;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void own(Node definitions) {
        List<Node> described = YamlNodes.elements(definitions, "owned").toList();
        List<Node> owned = new ArrayList<>();
        for (OwnedCrd crd : crds) {
            Node entry = described.stream()
                    .filter(each -> crd.name().equals(YamlNodes.text(each, "name")))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(SOURCE + " does not describe the CRD " + crd.name()));
            Descriptors.complete(entry, crd);
            owned.add(entry);
        }
        YamlNodes.put(definitions, "owned", YamlNodes.sequence(owned));
    }

    private Node install() {
        Node strategy = YamlNodes.mapping();
        YamlNodes.put(strategy, "clusterPermissions", permissions(operator.clusterRules()));
        YamlNodes.put(strategy, "permissions", permissions(operator.rules()));
        YamlNodes.put(strategy, "deployments", YamlNodes.sequence(List.of(deployment())));
        Node install = YamlNodes.mapping();
        YamlNodes.put(install, "strategy", YamlNodes.scalar("deployment"));
        YamlNodes.put(install, "spec", strategy);
        return install;
    }

    private Node permissions(List<Node> rules) {
        Node permissions = YamlNodes.mapping();
        YamlNodes.put(permissions, "serviceAccountName", YamlNodes.scalar(operator.serviceAccount()));
        YamlNodes.put(permissions, "rules", YamlNodes.sequence(rules));
        return YamlNodes.sequence(List.of(permissions));
    }

    private Node deployment() {
        Node original = operator.deployment();
        Node deployment = YamlNodes.mapping();
        YamlNodes.put(deployment, "name", YamlNodes.scalar(operator.name()));
        YamlNodes.find(original, "metadata", "labels").ifPresent(labels -> YamlNodes.put(deployment, "label", labels));
        Node spec = YamlNodes.get(original, "spec");
        YamlNodes.put(deployment, "spec", spec);
        Node container = YamlNodes.elements(spec, "template", "spec", "containers")
                .findFirst()
                .orElseThrow();
        release.operatorImage().ifPresent(image -> YamlNodes.put(container, "image", YamlNodes.scalar(image)));
        if (!release.postgresImages().isEmpty()) {
            List<Node> variables =
                    new ArrayList<>(YamlNodes.elements(container, "env").toList());
            release.postgresImages().forEach((major, image) -> {
                Node variable = YamlNodes.mapping();
                YamlNodes.put(variable, "name", YamlNodes.scalar("MATRIARCH_POSTGRESQL_IMAGES_" + major));
                YamlNodes.put(variable, "value", YamlNodes.scalar(image));
                variables.add(variable);
            });
            YamlNodes.put(container, "env", YamlNodes.sequence(variables));
        }
        return deployment;
    }

    private Node relatedImages() {
        List<Node> images = new ArrayList<>();
        images.add(relatedImage(PACKAGE, release.operatorImage().orElseThrow()));
        release.postgresImages().forEach((major, image) -> images.add(relatedImage("postgres-" + major, image)));
        return YamlNodes.sequence(images);
    }

    private static Node relatedImage(String name, String image) {
        Node related = YamlNodes.mapping();
        YamlNodes.put(related, "name", YamlNodes.scalar(name));
        YamlNodes.put(related, "image", YamlNodes.scalar(image));
        return related;
    }

    private static String pretty(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
