package dev.matriarch.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandLineOptionsTest {

    private final Map<String, String> configuration = new HashMap<>();

    @Test
    void everyOptionSetsItsProperty() {
        assertThat(parse("--namespaces", "orders,billing", "--kubeconfig=/k", "--context", "dev", "--port", "0"))
                .isEmpty();
        assertThat(configuration)
                .containsEntry("matriarch.namespaces", "orders,billing")
                .containsEntry("kubeconfig", "/k")
                .containsEntry("matriarch.context", "dev")
                .containsEntry("quarkus.http.port", "0")
                .hasSize(4);
    }

    @Test
    void whatIsSetAsAPropertyCountsWhereNoOptionSaysOtherwise() {
        parse("--context", "dev");
        CommandLineOptions.addSetOtherwise(
                configuration, Map.of("kubeconfig", "/k", "matriarch.context", "prod", "user.home", "/home")::get);
        assertThat(configuration).containsOnly(Map.entry("kubeconfig", "/k"), Map.entry("matriarch.context", "dev"));
    }

    @Test
    void withoutOptionsNothingIsSet() {
        assertThat(parse()).isEmpty();
        assertThat(configuration).isEmpty();
    }

    @Test
    void helpNamesEveryOptionAndFitsATerminal() {
        assertThat(parse("--help"))
                .contains("--namespaces", "--kubeconfig", "--context", "--port", "--version", "MATRIARCH_NAMESPACES")
                .satisfies(text -> assertThat(text.lines()).allMatch(line -> line.length() <= 100));
    }

    @Test
    void versionIsThatOfThePom() {
        assertThat(parse("--version")).isEqualTo("matriarch 7.8.9\n");
        assertThat(Resources.version()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void whatIsUnknownIsNamed() {
        assertThatThrownBy(() -> parse("--namespace", "a"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("--namespace");
        assertThatThrownBy(() -> parse("orders")).isInstanceOf(Refusal.class).hasMessageContaining("orders");
        assertThatThrownBy(() -> parse("--namespaces"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("--namespaces");
        assertThatThrownBy(() -> parse("--port", "http"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("http");
    }

    private String parse(String... args) {
        return new CommandLineOptions("7.8.9").parse(args, configuration);
    }
}
