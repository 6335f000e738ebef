package dev.matriarch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Command;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.WithoutOperator;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real API server makes of a PgCluster before any operator sees it. */
@WithoutOperator
class PgClusterValidationIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("validation");

    private static final Cluster PAUSED = NAMESPACE.cluster("paused");

    @BeforeAll
    static void make() {
        PAUSED.apply(Refusals.BEFORE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.matriarch.api.Refusals#specs")
    void aWrongSpecIsRefusedWithFieldAndRemedy(Refusals.Spec refused) {
        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> tryToMake("orders", refused.spec()))
                .satisfies(refusal -> assertThat(refusal.getCode()).isEqualTo(422))
                .withMessageContaining(refused.message());
    }

    @Test
    void aNameThatWouldBeTooLongOrWrongForWhatIsMadeIsRefused() {
        for (String name : Refusals.NAMES) {
            assertThatExceptionOfType(KubernetesClientException.class)
                    .isThrownBy(() -> tryToMake(name, "{}"))
                    .withMessageContaining(Refusals.NAME);
        }
        tryToMake("o".repeat(40), "{}");
        tryToMake("o", "{}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.matriarch.api.Refusals#changes")
    void aChangeThatCannotBeIsRefusedWithFieldAndRemedy(Refusals.Change refused) {
        assertThat(tryToChange(refused.patch()))
                .satisfies(answer -> assertThat(answer.status()).isNotZero())
                .satisfies(answer -> assertThat(answer.err()).contains(refused.message()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.matriarch.api.Refusals#harmlessChanges")
    void aChangeThatCanBeIsTaken(String patch) {
        tryToChange(patch).orThrow();
    }

    @Test
    void theLastIsAlsoHeldAgainstKubectlScale() {
        assertThat(PAUSED.kubectl().tries("scale", "pgc/paused", "--replicas=2").err())
                .contains("spec.replication.synchronous: a number of standbys must be smaller than spec.instances");
    }

    @Test
    void kubectlScaleToNoneNamesWhatStopsACluster() {
        assertThat(PAUSED.kubectl().tries("scale", "pgc/paused", "--replicas=0").err())
                .contains(Refusals.HIBERNATED);
    }

    /** A rule without a case here would be a rule that nobody has seen working. */
    @Test
    void everyRuleOfTheCrdIsTried() throws IOException {
        Set<String> tried = Stream.of(
                        Refusals.specs().map(Refusals.Spec::message),
                        Refusals.changes().map(Refusals.Change::message),
                        Stream.of(Refusals.NAME))
                .flatMap(messages -> messages)
                .collect(Collectors.toSet());

        JsonNode crd = new YAMLMapper().readTree(CrdFile.COMMITTED.toFile());
        List<String> rules = crd.findValues("x-kubernetes-validations").stream()
                .flatMap(list -> list.findValuesAsText("message").stream())
                .toList();

        assertThat(rules).isNotEmpty();
        assertThat(rules).allSatisfy(rule -> assertThat(tried).anyMatch(each -> each.startsWith(rule)));
    }

    @Test
    void asManyParametersAsThereMayBeAreNotTooCostlyToCheck() {
        tryToMake(
                "orders",
                IntStream.range(0, 256)
                        .mapToObj(i -> "X".repeat(100) + "." + i + "x: '1'")
                        .collect(Collectors.joining(", ", "{postgresql: {parameters: {", "}}}"))
                        .replace(".", ".x"));
    }

    @Test
    void anEmptySpecIsAWholeOneAndSoIsNone() throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        JsonNode whole = yaml.readTree("""
                bootstrap: {database: app, owner: app, locale: C.UTF-8, dataChecksums: true}
                failover: {automatic: true, delaySeconds: 0, selfFenceSeconds: 10}
                hibernated: false
                instances: 3
                paused: false
                pod: {}
                postgresql: {version: 17}
                replication: {synchronous: Majority}
                secrets: {}
                services: {primary: {type: ClusterIP}, replicas: {type: ClusterIP}}
                storage: {accessModes: [ReadWriteOnce], retention: Retain, size: 1Gi}
                """);

        for (String written : List.of("spec: {}\n", "")) {
            String cluster = NAMESPACE.cluster("orders").yaml("").replace("spec:\n", written);
            assertThat(yaml.<JsonNode>valueToTree(tryToMake(cluster).get("spec")))
                    .isEqualTo(whole);
        }
    }

    @Test
    void aMisspelledFieldIsNamedByKubectl() {
        assertThat(PAUSED.kubectl().apply(NAMESPACE.cluster("orders").yaml("{instnces: 3}"), "--dry-run=server"))
                .satisfies(answer -> assertThat(answer.status()).isNotZero())
                .satisfies(answer -> assertThat(answer.err()).contains("unknown field \"spec.instnces\""));
    }

    private static GenericKubernetesResource tryToMake(String name, String spec) {
        return tryToMake(NAMESPACE.cluster(name).yaml(spec));
    }

    private static GenericKubernetesResource tryToMake(String yaml) {
        KubernetesClient client = NAMESPACE.client();
        GenericKubernetesResource wanted =
                client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class);
        return client.resource(wanted).inNamespace(NAMESPACE.name()).dryRun().create();
    }

    private static Command.Result tryToChange(String patch) {
        return PAUSED.kubectl()
                .tries("patch", "pgc", "paused", "--type=merge", "--dry-run=server", "-p", "{\"spec\": " + patch + "}");
    }
}
