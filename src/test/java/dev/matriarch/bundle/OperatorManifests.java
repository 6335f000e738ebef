package dev.matriarch.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** What installs the operator without OLM. OLM makes the account, the bindings and the namespace itself; all else goes into the bundle. */
final class OperatorManifests {

    static final Path FILE = Path.of("src/main/kubernetes/operator.yml");

    /** What OLM makes from the ClusterServiceVersion, or is there before it. */
    private static final Set<String> MADE_BY_OLM = Set.of(
            "Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Deployment");

    /** What may lie beside the ClusterServiceVersion, of what OLM knows. */
    private static final Set<String> BESIDE =
            Set.of("PodDisruptionBudget", "NetworkPolicy", "Service", "PriorityClass");

    private final List<MappingNode> documents = YamlNodes.read(FILE);

    /** The one Deployment. */
    Node deployment() {
        List<MappingNode> found = ofKind("Deployment").toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " Deployments in " + FILE + ", not one");
        }
        return found.get(0);
    }

    String name() {
        return YamlNodes.text(deployment(), "metadata", "name");
    }

    String serviceAccount() {
        return YamlNodes.text(deployment(), "spec", "template", "spec", "serviceAccountName");
    }

    String image() {
        return YamlNodes.text(
                YamlNodes.elements(deployment(), "spec", "template", "spec", "containers")
                        .findFirst()
                        .orElseThrow(),
                "image");
    }

    /** The rules that its account has everywhere. */
    List<Node> clusterRules() {
        return rules("ClusterRoleBinding", "ClusterRole");
    }

    /** The rules that its account has in its own namespace. */
    List<Node> rules() {
        return rules("RoleBinding", "Role");
    }

    /** The objects that go into the bundle as they are, without a namespace: OLM puts them into the operator's. */
    List<MappingNode> beside() {
        return documents.stream()
                .filter(document -> !MADE_BY_OLM.contains(kind(document)))
                .peek(document -> {
                    if (!BESIDE.contains(kind(document))) {
                        throw new IllegalStateException("OLM takes no " + kind(document) + " out of a bundle, and "
                                + FILE + " has one: " + YamlNodes.text(document, "metadata", "name"));
                    }
                    YamlNodes.remove(YamlNodes.get(document, "metadata"), "namespace");
                })
                .toList();
    }

    private List<Node> rules(String bindingKind, String roleKind) {
        return ofKind(bindingKind)
                .filter(binding -> YamlNodes.elements(binding, "subjects")
                        .anyMatch(subject -> "ServiceAccount".equals(YamlNodes.text(subject, "kind"))
                                && serviceAccount().equals(YamlNodes.text(subject, "name"))))
                .filter(binding -> roleKind.equals(YamlNodes.text(binding, "roleRef", "kind")))
                .map(binding -> YamlNodes.text(binding, "roleRef", "name"))
                .flatMap(role -> ofKind(roleKind).filter(each -> role.equals(YamlNodes.text(each, "metadata", "name"))))
                .flatMap(role -> YamlNodes.elements(role, "rules"))
                .toList();
    }

    private Stream<MappingNode> ofKind(String kind) {
        return documents.stream().filter(document -> kind.equals(kind(document)));
    }

    static String kind(Node document) {
        return YamlNodes.text(document, "kind");
    }
}
