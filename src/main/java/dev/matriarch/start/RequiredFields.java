package dev.matriarch.start;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.api.PgCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the cluster's CRDs have every field that this operator reads and writes. The API server drops what an older CRD does not know, in the status
 * too, and that holds the protocol. Asked of the published schema, which everybody may read, and not of the CRDs, for which one would need a permission
 * that no installation for one namespace can have.
 */
final class RequiredFields {

    static final String FILE = "fields.txt";

    private static final int NAMED = 3;
    private static final String PATH = "/openapi/v3/apis/" + PgCluster.GROUP + "/v1";
    private static final String REMEDY =
            "Apply those of this version, then start it again: kubectl apply --server-side -f crds.yaml";

    private RequiredFields() {}

    /**
     * Compares.
     *
     * @throws Refusal if there is no CRD, or one is of an older version
     */
    static void check(KubernetesClient client) {
        String published = client.raw(PATH);
        if (published == null) {
            throw new Refusal("the cluster has no CRDs of " + PgCluster.GROUP, REMEDY, true);
        }
        compare(Resources.lines(FILE), published);
    }

    /**
     * Compares.
     *
     * @param required lines of plural, kind and path, in which {@code []} is an element of a list and <code>{}</code> a value of a map
     * @param published the OpenAPI document of the group
     */
    static void compare(Collection<String> required, String published) {
        JsonNode schemas;
        try {
            schemas = new ObjectMapper().readTree(published).at("/components/schemas");
        } catch (JsonProcessingException e) {
            throw new Refusal("the API server's answer to " + PATH + " is not JSON", "Is it one of a Kubernetes?");
        }
        for (String crd : required.stream().map(RequiredFields::crd).distinct().toList()) {
            String plural = crd.substring(0, crd.indexOf(' '));
            JsonNode schema = schemaOf(schemas, crd.substring(crd.indexOf(' ') + 1));
            if (schema == null) {
                throw new Refusal("the cluster has no CRD " + plural + "." + PgCluster.GROUP, REMEDY, true);
            }
            List<String> missing = missing(required, crd, fields(schema));
            if (!missing.isEmpty()) {
                throw new Refusal(
                        "the CRD " + plural + "." + PgCluster.GROUP
                                + " in the cluster is older than this operator, it does not know "
                                + String.join(", ", missing.subList(0, Math.min(NAMED, missing.size())))
                                + (missing.size() > NAMED ? " and " + (missing.size() - NAMED) + " more" : ""),
                        REMEDY,
                        true);
            }
        }
    }

    private static String crd(String line) {
        return line.substring(0, line.lastIndexOf(' '));
    }

    private static List<String> missing(Collection<String> required, String crd, Set<String> present) {
        List<String> all = required.stream()
                .filter(line -> crd(line).equals(crd))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .filter(path -> !present.contains(path))
                .toList();
        // Of an object that is missing its fields are, too, and say nothing new.
        return all.stream()
                .filter(path -> all.stream()
                        .noneMatch(other -> path.length() > other.length()
                                && path.startsWith(other)
                                && ".[{".indexOf(path.charAt(other.length())) >= 0))
                .toList();
    }

    private static JsonNode schemaOf(JsonNode schemas, String kind) {
        for (JsonNode schema : schemas) {
            for (JsonNode of : schema.path("x-kubernetes-group-version-kind")) {
                if (kind.equals(of.path("kind").asText())
                        && PgCluster.GROUP.equals(of.path("group").asText())) {
                    return schema;
                }
            }
        }
        return null;
    }

    private static Set<String> fields(JsonNode schema) {
        Set<String> fields = new HashSet<>();
        schema.path("properties").properties().forEach(field -> collect(field.getValue(), field.getKey(), fields));
        return fields;
    }

    private static void collect(JsonNode schema, String path, Set<String> fields) {
        fields.add(path);
        schema.path("properties")
                .properties()
                .forEach(field -> collect(field.getValue(), path + "." + field.getKey(), fields));
        if (schema.path("items").isObject()) {
            collect(schema.get("items"), path + "[]", fields);
        }
        if (schema.path("additionalProperties").isObject()) {
            collect(schema.get("additionalProperties"), path + "{}", fields);
        }
    }
}
