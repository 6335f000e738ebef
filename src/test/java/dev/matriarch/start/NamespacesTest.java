package dev.matriarch.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespacesTest {

    @Test
    void namesStandBetweenCommasAndSpacesDoNotMatter() {
        assertThat(Namespaces.parse("orders, billing")).containsExactly("orders", "billing");
        assertThat(Namespaces.parse("a")).containsExactly("a");
    }

    @Test
    void anEmptyListIsAllOfThem() {
        assertThat(Namespaces.parse("")).isEmpty();
        assertThat(Namespaces.parse(" ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,,b", ",", "a,", "Orders", "a b", "a;b", "-a", "a_b", "*", "JOSDK_ALL_NAMESPACES"})
    void whatIsNoNameIsRefused(String list) {
        assertThatThrownBy(() -> Namespaces.parse(list))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("list of namespaces");
    }

    @Test
    void aNameMayHave63Characters() {
        assertThat(Namespaces.parse("a".repeat(63))).hasSize(1);
        assertThatThrownBy(() -> Namespaces.parse("a".repeat(64))).isInstanceOf(Refusal.class);
    }
}
