package dev.matriarch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real API server makes of a PgSwitchover before any operator sees it. */
@WithoutOperator
class PgSwitchoverValidationIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("switchover-validation");

    /** Its time never comes, so that the operator waits, whatever the test looks at. */
    private static final String KEPT = "{cluster: orders, target: orders-1, notBefore: '9999-01-01T00:00:00Z'}";

    private static final String MAX_LAG = "spec.maxLag: not a quantity of bytes; write it like 16Mi";
    private static final String TARGET =
            "spec.target: not an instance of spec.cluster; write its Pod's name, like orders-1";
    private static final String CHANGED = "spec: a PgSwitchover cannot be changed; delete it and make another one";

    /** A spec that is refused when the PgSwitchover is made, with the words that name the field and the remedy. */
    private record Refused(String spec, String message) {}

    @BeforeAll
    static void make() {
        NAMESPACE.kubectl().apply(yaml("kept", KEPT)).orThrow();
    }

    private static Stream<Refused> refused() {
        return Stream.of(
                new Refused("{}", "spec.cluster: Required value"),
                new Refused("{cluster: ''}", "spec.cluster in body should be at least 1 chars long"),
                new Refused("{cluster: Orders}", "spec.cluster in body should match '^[a-z]([-a-z0-9]*[a-z0-9])?$'"),
                new Refused("{cluster: orders-}", "spec.cluster in body should match '^[a-z]([-a-z0-9]*[a-z0-9])?$'"),
                new Refused("{cluster: 1orders}", "spec.cluster in body should match '^[a-z]([-a-z0-9]*[a-z0-9])?$'"),
                new Refused(
                        "{cluster: %s}".formatted("o".repeat(41)), "spec.cluster: Too long: may not be more than 40"),
                new Refused(
                        "{cluster: orders, target: orders}",
                        "spec.target in body should match '^[a-z]([-a-z0-9]*)-[0-9]+$'"),
                new Refused(
                        "{cluster: orders, target: orders-one}",
                        "spec.target in body should match '^[a-z]([-a-z0-9]*)-[0-9]+$'"),
                new Refused(
                        "{cluster: orders, target: orders-1.orders-pods}",
                        "spec.target in body should match '^[a-z]([-a-z0-9]*)-[0-9]+$'"),
                new Refused(
                        "{cluster: orders, target: orders-%s}".formatted("1".repeat(38)),
                        "spec.target: Too long: may not be more than 44"),
                new Refused("{cluster: orders, target: invoices-1}", TARGET),
                new Refused("{cluster: orders, target: orders2-1}", TARGET),
                new Refused("{cluster: orders, maxLag: much}", MAX_LAG),
                new Refused("{cluster: orders, maxLag: 16 MB}", MAX_LAG),
                new Refused("{cluster: orders, maxLag: -1Mi}", MAX_LAG),
                new Refused("{cluster: orders, maxLag: 1e999999999}", MAX_LAG),
                new Refused("{cluster: orders, maxLag: '1E+3'}", MAX_LAG),
                new Refused("{cluster: orders, maxLag: ''}", "spec.maxLag in body should be at least 1 chars long"),
                new Refused("{cluster: orders, maxLag: 16}", "spec.maxLag in body must be of type string"),
                new Refused(
                        "{cluster: orders, deadlineSeconds: 4}",
                        "spec.deadlineSeconds in body should be greater than or equal to 5"),
                new Refused(
                        "{cluster: orders, deadlineSeconds: 3601}",
                        "spec.deadlineSeconds in body should be less than or equal to 3600"),
                new Refused(
                        "{cluster: orders, deadlineSeconds: 1m}",
                        "spec.deadlineSeconds in body must be of type integer"),
                new Refused(
                        "{cluster: orders, notBefore: tomorrow at two o'clock}",
                        "spec.notBefore in body must be of type date-time"),
                new Refused(
                        "{cluster: orders, notBefore: '2026-02-31T02:00:00Z'}",
                        "spec.notBefore in body must be of type date-time"),
                new Refused(
                        "{cluster: orders, notBefore: '2026-12-01T02:00:00 CET'}",
                        "spec.notBefore in body must be of type date-time"),
                new Refused(
                        "{cluster: orders, ttlSecondsAfterFinished: -1}",
                        "spec.ttlSecondsAfterFinished in body should be greater than or equal to 0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void aWrongSpecIsRefusedWithFieldAndRemedy(Refused refused) {
        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> tryToMake(yaml("wrong", refused.spec())))
                .satisfies(refusal -> assertThat(refusal.getCode()).isEqualTo(422))
                .withMessageContaining(refused.message());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{cluster: o}",
                "{cluster: orders, target: orders-0}",
                "{cluster: orders-eu, target: orders-eu-12}",
                "{cluster: orders, maxLag: '0'}",
                "{cluster: orders, maxLag: 1.5Gi}",
                "{cluster: orders, maxLag: 16Ei}",
                "{cluster: orders, deadlineSeconds: 5}",
                "{cluster: orders, deadlineSeconds: 3600}",
                "{cluster: orders, notBefore: '2026-12-01T02:00:00+01:00'}",
                "{cluster: orders, ttlSecondsAfterFinished: 0}"
            })
    void whatCanBeIsTaken(String spec) {
        tryToMake(yaml("right", spec));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cluster\": \"invoices\", \"target\": null}",
                "{\"target\": \"orders-2\"}",
                "{\"target\": null}",
                "{\"maxLag\": \"1Gi\"}",
                "{\"deadlineSeconds\": 90}",
                "{\"notBefore\": null}",
                "{\"ttlSecondsAfterFinished\": 60}"
            })
    void aChangeIsRefusedWithTheRemedy(String patch) {
        assertThat(tryToChange("{\"spec\": " + patch + "}"))
                .satisfies(answer -> assertThat(answer.status()).isNotZero())
                .satisfies(answer -> assertThat(answer.err()).contains(CHANGED));
    }

    @Test
    void whatIsBesideTheSpecCanBeChanged() {
        tryToChange("{\"metadata\": {\"labels\": {\"why\": \"maintenance\"}}}").orThrow();
        tryToChange("{\"spec\": {\"target\": \"orders-1\"}}").orThrow();
    }

    /** A rule without a case here would be a rule that nobody has seen working. */
    @Test
    void everyRuleOfTheCrdIsTried() throws IOException {
        Set<String> tried = Stream.concat(refused().map(Refused::message), Stream.of(CHANGED))
                .collect(Collectors.toSet());
        List<String> rules = new YAMLMapper()
                .readTree(CrdFile.OF_SWITCHOVERS.toFile()).findValues("x-kubernetes-validations").stream()
                        .flatMap(list -> list.findValuesAsText("message").stream())
                        .toList();
        assertThat(rules).isNotEmpty();
        assertThat(tried).containsAll(rules);
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        assertThat(yaml.<JsonNode>valueToTree(
                        tryToMake(yaml("right", "{cluster: orders}")).get("spec")))
                .isEqualTo(yaml.readTree("{cluster: orders, deadlineSeconds: 60, maxLag: 16Mi}"));
    }

    @Test
    void withoutASpecItIsRefused() {
        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> tryToMake(yaml("wrong", "").replace("spec:", "")))
                .withMessageContaining("spec: Required value");
    }

    @Test
    void aMisspelledFieldIsNamedByKubectl() {
        assertThat(NAMESPACE.kubectl().apply(yaml("wrong", "{cluster: orders, to: orders-1}"), "--dry-run=server"))
                .satisfies(answer -> assertThat(answer.status()).isNotZero())
                .satisfies(answer -> assertThat(answer.err()).contains("unknown field \"spec.to\""));
    }

    @Test
    void theStatusIsNotWrittenWithTheSpec() {
        GenericKubernetesResource made =
                tryToMake(yaml("right", "{cluster: orders}") + "status:\n  phase: Completed\n");
        assertThat(made.getAdditionalProperties()).doesNotContainKey("status");
        String status = "{\"status\": {\"phase\": \"Completed\", \"to\": \"orders-1\"}}";
        assertThat(tryToChange(status, "-o=jsonpath={.status.phase}").orThrow().out())
                .isNotEqualTo("Completed");
        assertThat(tryToChange(status, "--subresource=status", "-o=jsonpath={.status.phase}")
                        .orThrow()
                        .out())
                .isEqualTo("Completed");
    }

    @Test
    void aPhaseIsOneOfThoseThatThereAre() {
        assertThat(tryToChange("{\"status\": {\"phase\": \"Dreaming\"}}", "--subresource=status")
                        .err())
                .contains("status.phase: Unsupported value: \"Dreaming\"");
    }

    @Test
    void aPersonReadsFromLeftToRight() {
        String table = NAMESPACE.kubectl().does("get", "pgsw", "kept");
        assertThat(table.lines().findFirst().orElseThrow().trim().split(" +"))
                .containsExactly("NAME", "CLUSTER", "FROM", "TO", "PHASE", "OUTAGE", "AGE");
        assertThat(table.lines().skip(1).findFirst().orElseThrow()).matches("kept +orders( .*)? [0-9][0-9a-z]*");
    }

    private static String yaml(String name, String spec) {
        return "apiVersion: postgres.matriarch.dev/v1\nkind: PgSwitchover\nmetadata:\n  name: " + name + "\nspec:\n"
                + spec.indent(2);
    }

    private static GenericKubernetesResource tryToMake(String yaml) {
        KubernetesClient client = NAMESPACE.client();
        GenericKubernetesResource wanted =
                client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class);
        return client.resource(wanted).inNamespace(NAMESPACE.name()).dryRun().create();
    }

    private static Command.Result tryToChange(String patch, String... options) {
        return NAMESPACE
                .kubectl()
                .tries(Stream.concat(
                                Stream.of("patch", "pgsw", "kept", "--type=merge", "--dry-run=server", "-p", patch),
                                Stream.of(options))
                        .toArray(String[]::new));
    }
}
