package dev.matriarch.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matriarch.objects.Encoding;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;

/**
 * Whether an object has to be written.
 *
 * <p>Everything that we want must be there, with the value we want; what others or the API server added does not matter. A field that we no longer
 * want would not be noticed that way, so the digest of what was applied last stands in an annotation and is compared too.
 */
final class Drift {

    /** Annotation with the digest of the object as it was applied. */
    static final String DIGEST = "postgres.matriarch.dev/applied";

    private Drift() {}

    /** Puts the digest of an object into its annotations. Call it once the object is complete. */
    static <T extends HasMetadata> T sign(T wanted, KubernetesSerialization serialization) {
        String json = serialization.asJson(wanted);
        Map<String, String> annotations = wanted.getMetadata().getAnnotations() == null
                ? new java.util.TreeMap<>()
                : new java.util.TreeMap<>(wanted.getMetadata().getAnnotations());
        annotations.put(DIGEST, Encoding.digest(json));
        wanted.getMetadata().setAnnotations(annotations);
        return wanted;
    }

    /** The digest of a signed object. */
    static String digestOf(HasMetadata signed) {
        return signed.getMetadata().getAnnotations().get(DIGEST);
    }

    /** Whether the present object is not as it is wanted. */
    static boolean isBetween(HasMetadata present, HasMetadata wanted, KubernetesSerialization serialization) {
        JsonNode is = serialization.convertValue(present, JsonNode.class);
        JsonNode be = serialization.convertValue(wanted, JsonNode.class);
        return !contains(is, be);
    }

    static boolean contains(JsonNode present, JsonNode wanted) {
        if (wanted == null || wanted instanceof NullNode || isEmpty(wanted)) {
            return true;
        }
        if (wanted instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                if (!contains(present == null ? null : present.get(field.getKey()), field.getValue())) {
                    return false;
                }
            }
            return true;
        }
        if (wanted instanceof ArrayNode array) {
            if (!(present instanceof ArrayNode others) || others.size() < array.size()) {
                return false;
            }
            for (int i = 0; i < array.size(); i++) {
                if (!contains(counterpart(others, array.get(i), i), array.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return present != null && sameValue(present.asText(), wanted.asText());
    }

    /** The element of the same name where elements have names, else the one in the same place. */
    private static JsonNode counterpart(ArrayNode others, JsonNode wanted, int place) {
        JsonNode name = wanted.get("name");
        if (name == null) {
            return others.get(place);
        }
        for (JsonNode other : others) {
            if (name.equals(other.get("name"))) {
                return other;
            }
        }
        return null;
    }

    private static boolean isEmpty(JsonNode node) {
        return node.isContainerNode() && node.isEmpty();
    }

    private static boolean sameValue(String present, String wanted) {
        if (present.equals(wanted)) {
            return true;
        }
        try { // the API server writes quantities its own way
            return Quantity.getAmountInBytes(new Quantity(present))
                            .compareTo(Quantity.getAmountInBytes(new Quantity(wanted)))
                    == 0;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }
}
