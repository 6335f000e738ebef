package dev.matriarch.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How often the API server is asked about a node, and when an answer is too old. */
class CordonsTest {

    private static final ResourceID ORDERS = new ResourceID("orders", "shop");

    private final Set<String> cordoned = new HashSet<>(Set.of("n1"));
    private final List<String> asked = new ArrayList<>();
    private long nanos;

    private final Cordons cordons = new Cordons(
            node -> {
                asked.add(node);
                return cordoned.contains(node);
            },
            () -> nanos);

    @Test
    void eachNodeIsAskedAboutOncePerRequest() {
        for (int round = 0; round < 20; round++) {
            assertThat(cordons.has(ORDERS, "a", "n1")).isTrue();
            assertThat(cordons.has(ORDERS, "a", "n2")).isFalse();
        }
        assertThat(asked).containsExactly("n1", "n2");
    }

    @Test
    void whoCordonsANodeAndAsksThenIsUnderstood() {
        cordons.has(ORDERS, "a", "n2");
        cordoned.add("n2");
        assertThat(cordons.has(ORDERS, "b", "n2")).isTrue();
    }

    @Test
    void anAnswerHoldsForSomeSeconds() {
        cordons.has(ORDERS, "a", "n2");
        cordoned.add("n2");
        nanos += Cordons.AGE.toNanos() - 1;
        assertThat(cordons.has(ORDERS, "a", "n2")).isFalse();
        nanos += 1;
        assertThat(cordons.has(ORDERS, "a", "n2")).isTrue();
    }

    @Test
    void whatIsForgottenIsAskedAnew() {
        cordons.has(ORDERS, "", "n2");
        cordons.forget(ORDERS);
        cordons.has(ORDERS, "", "n2");
        assertThat(asked).containsExactly("n2", "n2");
    }
}
