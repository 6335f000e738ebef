package dev.matriarch.start;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RequiredFieldsTest {

    private static final String PUBLISHED = """
            {"components": {"schemas": {
              "of.another.Kind": {"x-kubernetes-group-version-kind": [{"group": "other", "kind": "PgCluster", "version": "v1"}]},
              "dev.matriarch.postgres.v1.PgCluster": {
                "x-kubernetes-group-version-kind": [{"group": "postgres.matriarch.dev", "kind": "PgCluster", "version": "v1"}],
                "properties": {
                  "metadata": {"allOf": [{"$ref": "#/x"}]},
                  "spec": {"properties": {"instances": {"type": "integer"},
                    "labels": {"additionalProperties": {"type": "string"}}}},
                  "status": {"properties": {"rules": {"items": {"properties": {"primary": {"type": "string"}}}}}}}}}}}
            """;

    @Test
    void theSameOrANewerOneIsGood() {
        assertThatCode(() -> compare("spec.instances", "spec.labels{}", "status.rules[].primary"))
                .doesNotThrowAnyException();
    }

    @Test
    void anOlderOneIsNamedWithWhatItLacks() {
        assertThatThrownBy(() -> compare("spec.instances", "spec.paused", "status.rules[].required"))
                .isInstanceOf(Refusal.class)
                .hasMessage(
                        "the CRD pgclusters.postgres.matriarch.dev in the cluster is older than this operator, it does not know spec.paused, status.rules[].required");
    }

    @Test
    void onlyTheOutermostOfWhatIsMissingIsNamedAndFewOfThem() {
        assertThatThrownBy(() -> compare("spec.a", "spec.a.b", "spec.a[]", "spec.ab", "spec.c", "spec.d", "spec.e"))
                .hasMessageEndingWith("it does not know spec.a, spec.ab, spec.c and 2 more");
    }

    @Test
    void aCrdThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> RequiredFields.compare(List.of("pgswitchovers PgSwitchover spec.cluster"), PUBLISHED))
                .isInstanceOf(Refusal.class)
                .hasMessage("the cluster has no CRD pgswitchovers.postgres.matriarch.dev");
    }

    @Test
    void anAnswerOfSomethingElseIsRefused() {
        assertThatThrownBy(() -> RequiredFields.compare(List.of("a A spec"), "<html>"))
                .isInstanceOf(Refusal.class);
    }

    private static void compare(String... fields) {
        RequiredFields.compare(
                List.of(fields).stream()
                        .map(field -> "pgclusters PgCluster " + field)
                        .toList(),
                PUBLISHED);
    }
}
