package dev.matriarch.install;

import static dev.matriarch.install.OperatorManifest.tree;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InstallFilesTest {

    private static final List<String> OUTSIDE_OF_NAMESPACES =
            List.of("Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition");

    @BeforeAll
    static void regenerate() throws IOException {
        if (Boolean.getBoolean("matriarch.regenerate")) {
            for (Map.Entry<Path, String> file : InstallFiles.generate().entrySet()) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
        }
    }

    @Test
    void theCommittedFilesAreTheGeneratedOnes() throws IOException {
        for (Map.Entry<Path, String> file : InstallFiles.generate().entrySet()) {
            assertThat(file.getKey()).as("make it anew with scripts/generate").hasContent(file.getValue());
        }
    }

    @Test
    void installYamlHoldsEveryCrdAndEveryObjectOfTheManifest() throws IOException {
        List<JsonNode> installed = objects(InstallFiles.INSTALL);
        for (Path crd : InstallFiles.crdFiles()) {
            assertThat(installed).contains(tree(Files.readString(crd)));
        }
        assertThat(installed)
                .containsAll(OperatorManifest.committed().documents().stream()
                        .map(OperatorManifest::tree)
                        .toList());
        assertThat(installed.get(installed.size() - 1).get("kind").asText()).isEqualTo("Deployment");
    }

    @Test
    void theNamespacedOneTouchesNothingOutsideOfItsNamespace() throws IOException {
        assertThat(objects(InstallFiles.NAMESPACED)).isNotEmpty().allSatisfy(object -> {
            assertThat(object.get("kind").asText()).isNotIn(OUTSIDE_OF_NAMESPACES);
            assertThat(object.at("/metadata/namespace").asText()).isEqualTo("matriarch");
        });
        JsonNode role = one(objects(InstallFiles.NAMESPACED), "Role");
        assertThat(role.get("rules"))
                .extracting(rule -> rule.at("/resources/0").asText())
                .doesNotContain("storageclasses", "nodes")
                .contains("leases", "statefulsets");
        JsonNode pod = one(objects(InstallFiles.NAMESPACED), "Deployment").at("/spec/template/spec");
        assertThat(pod.has("priorityClassName")).isFalse();
        assertThat(pod.at("/containers/0/env").toString()).contains("MATRIARCH_NAMESPACES", "metadata.namespace");
    }

    /** Which permission is for what is told to who installs it. */
    @Test
    void everyRuleHasItsReason() {
        OperatorManifest operator = OperatorManifest.committed();
        for (String kind : List.of("ClusterRole", "Role")) {
            List<String> rules = OperatorManifest.rules(operator.document(kind));
            assertThat(rules)
                    .hasSize(tree(operator.document(kind)).get("rules").size())
                    .allMatch(rule -> rule.startsWith("# "));
        }
    }

    @Test
    void noRuleIsWiderThanWhatItNames() {
        OperatorManifest operator = OperatorManifest.committed();
        assertThat(operator.document("ClusterRole") + operator.document("Role")).doesNotContain("'*'", "\"*\"", "[*]");
    }

    @Test
    void whoMaySeeIsNotWhoMayChangeAndNobodyIsGivenTheStatus() throws IOException {
        List<JsonNode> roles =
                InstallFiles.roles().stream().map(OperatorManifest::tree).toList();
        assertThat(objects(InstallFiles.ONLY_CRDS)).containsAll(roles);
        assertThat(objects(InstallFiles.INSTALL)).containsAll(roles);
        assertThat(roles)
                .extracting(role -> role.at("/metadata/labels").toString())
                .satisfiesExactly(
                        edit -> assertThat(edit)
                                .contains("aggregate-to-edit", "aggregate-to-admin")
                                .doesNotContain("aggregate-to-view"),
                        view -> assertThat(view)
                                .contains("aggregate-to-view")
                                .doesNotContain("aggregate-to-edit", "aggregate-to-admin"));
        assertThat(roles.get(1).get("rules")).allSatisfy(rule -> assertThat(rule.get("verbs"))
                .extracting(JsonNode::asText)
                .containsExactly("get", "list", "watch"));
        assertThat(roles.toString()).doesNotContain("/status", "/finalizers", "*");
    }

    /** The API server matches by equality and refuses changes of it, so an update would fail. */
    @Test
    void theSelectorIsInThePodsLabelsAndHasNoVersion() throws IOException {
        JsonNode deployment = one(objects(InstallFiles.INSTALL), "Deployment");
        JsonNode selector = deployment.at("/spec/selector/matchLabels");
        assertThat(selector.toString()).isEqualTo("{\"app.kubernetes.io/name\":\"matriarch\"}");
        for (String path : List.of(
                "PodDisruptionBudget /spec/selector/matchLabels", "NetworkPolicy /spec/podSelector/matchLabels")) {
            String[] words = path.split(" ");
            assertThat(one(objects(InstallFiles.INSTALL), words[0]).at(words[1]))
                    .isEqualTo(selector);
        }
        assertThat(deployment.at("/spec/template/metadata/labels")).isEqualTo(selector);
    }

    /** Whoever installs it, by Helm or through OLM, is told the same. */
    @Test
    void theOldestKubernetesIsTheSameForHelmAndOlm() throws IOException {
        String olm = tree(Files.readString(Path.of("src/main/olm/clusterserviceversion.yaml")))
                .at("/spec/minKubeVersion")
                .asText();
        String helm = tree(Files.readString(Path.of("charts/matriarch/Chart.yaml")))
                .get("kubeVersion")
                .asText();
        assertThat(helm).isEqualTo(">=" + olm + "-0");
        String minor = olm.replaceFirst("\\.0$", "");
        assertThat(Path.of("docs/install.md")).content().contains("Kubernetes " + minor + " or newer");
    }

    private static List<JsonNode> objects(Path file) throws IOException {
        return Arrays.stream(Files.readString(file).split("(?m)^---\n"))
                .map(OperatorManifest::tree)
                .toList();
    }

    private static JsonNode one(List<JsonNode> objects, String kind) {
        assertThat(new TreeSet<>(
                        objects.stream().map(each -> each.get("kind").asText()).toList()))
                .contains(kind);
        return objects.stream()
                .filter(each -> kind.equals(each.get("kind").asText()))
                .findFirst()
                .orElseThrow();
    }
}
