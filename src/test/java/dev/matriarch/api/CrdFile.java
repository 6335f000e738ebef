package dev.matriarch.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.matriarch.objects.PostgresqlConf;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The CRDs: generated from the classes, then completed with what the generator cannot say: defaults of objects and lists, and parts
 * whose schema is Kubernetes' own and much larger than all the rest.
 */
final class CrdFile {

    static final Path COMMITTED = Path.of("src/main/kubernetes/pgclusters.postgres.matriarch.dev-v1.yml");
    static final Path OF_SWITCHOVERS = Path.of("src/main/kubernetes/pgswitchovers.postgres.matriarch.dev-v1.yml");

    private static final String HEADER =
            "# Generated from dev.matriarch.api. Make it anew with: ./mvnw test -Dtest=CrdFileTest -Dmatriarch.regenerate=true\n";

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES));

    /** Objects that are complete when they are empty. */
    private static final List<String> DEFAULTED = List.of(
            "",
            "postgresql",
            "bootstrap",
            "storage",
            "replication",
            "failover",
            "secrets",
            "services",
            "services/primary",
            "services/replicas",
            "pod");

    /** Parts of a Pod whose schema the API server checks when the Pod is made. */
    private static final List<String> OPAQUE = List.of("affinity", "securityContext");

    private static final List<String> OPAQUE_ELEMENTS = List.of("topologySpreadConstraints", "volumes", "sidecars");

    private CrdFile() {}

    static String generate() {
        return generate(PgCluster.class, COMMITTED, CrdFile::complete);
    }

    static String generateOfSwitchovers() {
        return generate(PgSwitchover.class, OF_SWITCHOVERS, CrdFile::completeOfSwitchovers);
    }

    private static String generate(
            Class<? extends CustomResource<?, ?>> kind, Path file, Consumer<ObjectNode> complete) {
        try {
            Path folder = Files.createTempDirectory("crd");
            new CRDGenerator()
                    .customResourceClasses(kind)
                    .inOutputDir(folder.toFile())
                    .detailedGenerate();
            JsonNode crd =
                    YAML.readTree(folder.resolve(file.getFileName().toString()).toFile());
            complete.accept((ObjectNode) crd);
            return HEADER + YAML.writeValueAsString(crd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void complete(ObjectNode crd) {
        ObjectNode schema = (ObjectNode) crd.at("/spec/versions/0/schema/openAPIV3Schema");
        ObjectNode spec = (ObjectNode) schema.at("/properties/spec");
        schema.putArray("required").add("spec");
        spec.put("description", "What the cluster is to be. Every field has a default, so {} is a whole cluster.");
        ((ObjectNode) schema.at("/properties/status"))
                .put("description", "What the cluster is. The operator writes it.");
        DEFAULTED.forEach(path -> at(spec, path).set("default", YAML.createObjectNode()));
        at(spec, "replication/synchronous").put("default", "Majority");
        at(spec, "storage/accessModes").set("default", YAML.createArrayNode().add("ReadWriteOnce"));
        OPAQUE.forEach(name -> makeOpaque(at(spec, "pod/" + name)));
        OPAQUE_ELEMENTS.forEach(name -> {
            ObjectNode list = at(spec, "pod/" + name);
            list.remove("x-kubernetes-preserve-unknown-fields");
            makeOpaque((ObjectNode) list.get("items"));
        });
        limitKubernetesOwn(at(spec, "pod"));
        orderColumns(
                (ArrayNode) crd.at("/spec/versions/0/additionalPrinterColumns"),
                List.of("VERSION", "INSTANCES", "READY", "PRIMARY", "PHASE", "AGE", "EPOCH", "TIMELINE", "SYNC"));
        refuseOwnParameters(at(spec, "postgresql/parameters"));
        tidy(crd);
    }

    private static void completeOfSwitchovers(ObjectNode crd) {
        ObjectNode schema = (ObjectNode) crd.at("/spec/versions/0/schema/openAPIV3Schema");
        schema.putArray("required").add("spec");
        ((ObjectNode) schema.at("/properties/spec"))
                .put("description", "Which change of the primary is wanted. It cannot be changed.");
        ((ObjectNode) schema.at("/properties/status"))
                .put("description", "How far it is, and what it took. The operator writes it.");
        ((ObjectNode) schema.at("/properties/spec/properties/notBefore")).put("format", "date-time");
        orderColumns(
                (ArrayNode) crd.at("/spec/versions/0/additionalPrinterColumns"),
                List.of("CLUSTER", "FROM", "TO", "PHASE", "OUTAGE", "AGE", "REASON"));
        tidy(crd);
    }

    /** The generator sorts the columns its own way; people read them from left to right. */
    private static void orderColumns(ArrayNode columns, List<String> order) {
        List<JsonNode> sorted = new ArrayList<>();
        columns.forEach(sorted::add);
        sorted.sort(Comparator.comparingInt(
                column -> order.indexOf(column.get("name").asText())));
        columns.removeAll();
        columns.addAll(sorted);
    }

    private static void refuseOwnParameters(ObjectNode parameters) {
        String names =
                PostgresqlConf.refused().stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        String owned = "name.lowerAscii() in [" + names + "] || name.lowerAscii().startsWith('matriarch.')";
        String named = "name.matches('^[A-Za-z_][A-Za-z0-9_.$]*$') && name.size() <= 128";
        // Each name with each other one would cost too much when there are many; the controller sees two with capitals.
        String repeated = "name != name.lowerAscii() && name.lowerAscii() in self";
        ArrayNode rules = parameters.putArray("x-kubernetes-validations");
        refuse(rules, "!self.exists(name, " + owned + ")", Refusals.OWNED, "self.filter(name, " + owned + ")");
        refuse(rules, "self.all(name, " + named + ")", Refusals.NO_NAME, "self.filter(name, !(" + named + "))");
        refuse(rules, "!self.exists(name, " + repeated + ")", Refusals.TWICE, "self.filter(name, " + repeated + ")");
    }

    /** The message stands alone where the names would make it too long, or would break its line. With join() the estimated cost would not fit. */
    private static void refuse(ArrayNode rules, String rule, String message, String offenders) {
        rules.addObject()
                .put("rule", rule)
                .put("message", message)
                .put("messageExpression", "'" + message + " %s'.format([" + offenders + "])");
    }

    private static ObjectNode at(ObjectNode spec, String path) {
        ObjectNode node = spec;
        for (String name : path.isEmpty() ? new String[0] : path.split("/")) {
            node = (ObjectNode) node.get("properties").get(name);
        }
        return node;
    }

    /** The classes of Kubernetes' own parts of a Pod bear no sizes, and any text is a quantity to them. */
    private static void limitKubernetesOwn(ObjectNode pod) {
        ObjectNode resources = at(pod, "resources");
        for (String each : List.of("limits", "requests")) {
            ObjectNode amounts = at(resources, each);
            amounts.put("maxProperties", 32);
            ((ObjectNode) amounts.get("additionalProperties"))
                    .put("pattern", PodOptions.QUANTITY)
                    .put("maxLength", 32);
        }
        ObjectNode claims = at(resources, "claims");
        claims.put("maxItems", 16);
        limit(claims, "name", 63);
        limit(claims, "request", 253);
        limit(at(pod, "imagePullSecrets"), "name", 253);
        ObjectNode tolerations = at(pod, "tolerations");
        limit(tolerations, "key", 317);
        limit(tolerations, "value", 63);
        limit(tolerations, "effect", 32);
        limit(tolerations, "operator", 32);
    }

    private static void limit(ObjectNode list, String field, int length) {
        at((ObjectNode) list.get("items"), field).put("maxLength", length);
    }

    private static void makeOpaque(ObjectNode node) {
        node.remove(List.of("properties", "required"));
        node.put("type", "object");
        node.put("x-kubernetes-preserve-unknown-fields", true);
    }

    /** Rules that the generator wrote twice, and the sizes of maps, which it calls maxItems or leaves out. */
    private static void tidy(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.get("x-kubernetes-validations") instanceof ArrayNode rules) {
                Set<JsonNode> seen = new HashSet<>();
                List<JsonNode> once = new ArrayList<>();
                rules.forEach(rule -> {
                    if (seen.add(rule)) {
                        once.add(rule);
                    }
                });
                object.putArray("x-kubernetes-validations").addAll(once);
            }
        }
        node.forEach(CrdFile::tidy);
    }
}
