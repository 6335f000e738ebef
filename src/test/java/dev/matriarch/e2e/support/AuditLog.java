package dev.matriarch.e2e.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the operator of the Deployment has asked of the API server since the local cluster was started. */
public final class AuditLog {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OPERATOR = "system:serviceaccount:matriarch:matriarch";
    private static final int CREATED = 201;
    private static final int FORBIDDEN = 403;

    private AuditLog() {}

    /**
     * A kind of request, as a rule of a role names it.
     *
     * @param group empty for the one without a name
     * @param resource with its subresource after a slash
     */
    public record Use(String group, String resource, String verb) implements Comparable<Use> {

        @Override
        public int compareTo(Use other) {
            return Comparator.comparing(Use::group)
                    .thenComparing(Use::resource)
                    .thenComparing(Use::verb)
                    .compare(this, other);
        }
    }

    /** What was refused at least once for lack of a permission. */
    public static Set<Use> refused() {
        return uses(event -> event.at("/responseStatus/code").asInt() == FORBIDDEN);
    }

    /** What was allowed at least once, whatever came of it. */
    public static Set<Use> allowed() {
        return uses(event -> "allow"
                .equals(event.at("/annotations/authorization.k8s.io~1decision").asText()));
    }

    private static Set<Use> uses(Predicate<JsonNode> which) {
        List<String> lines = Command.run(List.of(
                        TestCluster.property("cluster"), "--name", TestCluster.property("local"), "logs", "cp-audit"))
                .orThrow()
                .lines();
        return lines.stream()
                .filter(line -> line.contains(OPERATOR))
                .map(AuditLog::parse)
                .filter(event -> OPERATOR.equals(event.at("/user/username").asText()))
                .filter(event -> !event.at("/objectRef/resource").asText().isEmpty())
                .filter(event -> !isForEverybody(event))
                .filter(which)
                .flatMap(AuditLog::uses)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What one may do and have is told to everybody. */
    private static boolean isForEverybody(JsonNode event) {
        return event.at("/objectRef/apiGroup").asText().equals("authorization.k8s.io");
    }

    /** An apply of what is not there yet is logged as a patch, and needs the permission to create, too. */
    private static Stream<Use> uses(JsonNode event) {
        String verb = event.get("verb").asText();
        boolean creates =
                verb.equals("patch") && event.at("/responseStatus/code").asInt() == CREATED;
        return (creates ? Stream.of(verb, "create") : Stream.of(verb)).map(each -> use(event, each));
    }

    private static Use use(JsonNode event, String verb) {
        String subresource = event.at("/objectRef/subresource").asText();
        return new Use(
                event.at("/objectRef/apiGroup").asText(),
                event.at("/objectRef/resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                verb);
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no line of an audit log: " + line, e);
        }
    }
}
