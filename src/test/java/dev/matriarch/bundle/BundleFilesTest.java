package dev.matriarch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The committed bundle is what the operator is made of. */
class BundleFilesTest {

    private static final String BUNDLE_IMAGE = "matriarch/matriarch-bundle:";

    @Test
    void theCommittedBundleIsTheGeneratedOne() throws IOException {
        Release release = Release.ofTheSources();
        SortedMap<String, String> generated = BundleFiles.generate(release);
        boolean regenerate = Boolean.getBoolean("matriarch.regenerate");
        if (regenerate) {
            for (String stale : BundleFiles.present("manifests")) {
                Files.delete(BundleFiles.FOLDER.resolve(stale));
            }
            for (Map.Entry<String, String> file : generated.entrySet()) {
                BundleFiles.write(BundleFiles.FOLDER.resolve(file.getKey()), file.getValue());
            }
        }
        SortedMap<String, String> files = new TreeMap<>(generated);
        files.put(
                Catalog.FILE,
                Catalog.generate(List.of(new Catalog.Bundle(
                        BundleFiles.FOLDER.resolve("manifests"), BUNDLE_IMAGE + release.version()))));
        if (regenerate) {
            BundleFiles.write(BundleFiles.FOLDER.resolve(Catalog.FILE), files.get(Catalog.FILE));
        }

        List<String> present = new ArrayList<>(BundleFiles.present("manifests"));
        present.addAll(BundleFiles.present("catalog"));
        assertThat(present).as(BundleFiles.REMAKE).containsExactlyInAnyOrderElementsOf(files.keySet());
        files.forEach((name, text) -> assertThat(BundleFiles.FOLDER.resolve(name))
                .as(BundleFiles.REMAKE)
                .hasContent(text));
    }

    /** Compared as data, and not by the way in which they were generated. */
    @Test
    void permissionsAndDeploymentAreThoseOfTheInstallation() {
        Map<String, List<JsonNode>> installed = Documents.of(OperatorManifests.FILE).stream()
                .collect(Collectors.groupingBy(document -> document.path("kind").asText()));
        JsonNode strategy = csv().at("/spec/install/spec");

        JsonNode deployment = installed.get("Deployment").get(0);
        assertThat(installed.get("Deployment")).hasSize(1);
        assertThat(strategy.at("/deployments")).hasSize(1);
        assertThat(strategy.at("/deployments/0/name")).isEqualTo(deployment.at("/metadata/name"));
        assertThat(strategy.at("/deployments/0/spec")).isEqualTo(deployment.path("spec"));
        assertThat(csv().at("/metadata/annotations/containerImage"))
                .isEqualTo(deployment.at("/spec/template/spec/containers/0/image"));

        String account = deployment.at("/spec/template/spec/serviceAccountName").asText();
        for (Map.Entry<String, String> kind : Map.of("ClusterRole", "clusterPermissions", "Role", "permissions")
                .entrySet()) {
            List<JsonNode> rules = new ArrayList<>();
            installed.getOrDefault(kind.getKey(), List.of()).forEach(role -> role.path("rules")
                    .forEach(rules::add));
            assertThat(rules).isNotEmpty();
            JsonNode permissions = strategy.path(kind.getValue());
            assertThat(permissions).hasSize(1);
            assertThat(permissions.at("/0/serviceAccountName").asText()).isEqualTo(account);
            assertThat(permissions.at("/0/rules")).containsExactlyInAnyOrderElementsOf(rules);
        }
    }

    @Test
    void everyPermissionHasItsReasonAboveIt() throws IOException {
        List<String> lines = Files.readAllLines(BundleFiles.FOLDER.resolve(BundleFiles.SERVICE_VERSION));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith("- apiGroups:")) {
                assertThat(lines.get(i - 1).strip()).as("above " + lines.get(i)).startsWith("# ");
            }
        }
    }

    @Test
    void whatElseIsInstalledLiesBesideWithoutANamespace() {
        List<String> beside = Documents.of(OperatorManifests.FILE).stream()
                .filter(document -> List.of("PodDisruptionBudget", "NetworkPolicy", "Service", "PriorityClass")
                        .contains(document.path("kind").asText()))
                .map(document -> document.path("kind").asText() + "/"
                        + document.at("/metadata/name").asText())
                .toList();
        List<JsonNode> present = BundleFiles.present("manifests").stream()
                .map(name -> Catalog.readYaml(BundleFiles.FOLDER.resolve(name)))
                .filter(document -> !List.of("ClusterServiceVersion", "CustomResourceDefinition")
                        .contains(document.path("kind").asText()))
                .toList();
        assertThat(present)
                .allSatisfy(document -> assertThat(
                                document.at("/metadata/namespace").isMissingNode())
                        .isTrue())
                .extracting(document -> document.path("kind").asText() + "/"
                        + document.at("/metadata/name").asText())
                .containsExactlyInAnyOrderElementsOf(beside);
    }

    @Test
    void everyCrdIsOwnedAndLiesBesideAsItIs() {
        List<OwnedCrd> crds = OwnedCrd.all();
        assertThat(crds).isNotEmpty();
        assertThat(csv().at("/spec/customresourcedefinitions/owned"))
                .extracting(owned -> owned.path("name").asText() + " "
                        + owned.path("kind").asText() + " "
                        + owned.path("version").asText())
                .containsExactlyElementsOf(crds.stream()
                        .map(crd -> crd.name() + " " + crd.kind() + " " + crd.version())
                        .toList());
        crds.forEach(
                crd -> assertThat(Catalog.readYaml(BundleFiles.FOLDER.resolve("manifests/" + crd.name() + ".crd.yaml")))
                        .isEqualTo(crd.definition()));
    }

    @Test
    void theVersionIsThatOfThePom() {
        String version = Release.ofTheSources().version();
        assertThat(csv().at("/spec/version").asText()).isEqualTo(version);
        assertThat(csv().at("/metadata/name").asText()).isEqualTo("matriarch.v" + version);
    }

    @Test
    void theExamplesAreThoseOfTheRepository() throws IOException {
        JsonNode examples = new ObjectMapper()
                .readTree(csv().at("/metadata/annotations/alm-examples").asText());
        assertThat(examples)
                .extracting(example -> example.path("kind").asText())
                .containsAll(OwnedCrd.all().stream().map(OwnedCrd::kind).toList());
        for (String name : List.of("minimal", "complete")) {
            assertThat(examples).containsAll(Documents.of(Path.of("examples", name + ".yaml")));
        }
        JsonNode first = new ObjectMapper()
                .readTree(csv().at("/metadata/annotations/operatorframework.io~1initialization-resource")
                        .asText());
        assertThat(first)
                .isEqualTo(Documents.of(Path.of("examples", "minimal.yaml")).get(0));
    }

    @Test
    void everyFieldOfTheFirstLevelIsDescribedAndNothingElse() {
        for (OwnedCrd crd : OwnedCrd.all()) {
            JsonNode owned = BundleFilesTest.owned(crd);
            for (Map.Entry<String, String> part : Map.of("specDescriptors", "spec", "statusDescriptors", "status")
                    .entrySet()) {
                JsonNode descriptors = owned.path(part.getKey());
                assertThat(descriptors).allSatisfy(descriptor -> {
                    assertThat(crd.field(
                                    part.getValue(), descriptor.path("path").asText()))
                            .as(descriptor.toString())
                            .isPresent();
                    assertThat(descriptor.path("displayName").asText()).isNotBlank();
                });
                List<String> tops = new ArrayList<>();
                descriptors.forEach(
                        descriptor -> tops.add(descriptor.path("path").asText().replaceAll("\\..*", "")));
                crd.schema(part.getValue()).path("properties").fieldNames().forEachRemaining(field -> assertThat(tops)
                        .contains(field));
            }
        }
    }

    private static JsonNode owned(OwnedCrd crd) {
        for (JsonNode owned : csv().at("/spec/customresourcedefinitions/owned")) {
            if (owned.path("name").asText().equals(crd.name())) {
                return owned;
            }
        }
        throw new AssertionError(crd.name());
    }

    private static JsonNode csv() {
        return Catalog.readYaml(BundleFiles.FOLDER.resolve(BundleFiles.SERVICE_VERSION));
    }
}
