package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Rule;
import dev.matriarch.decide.Step;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TogetherTest {

    private static final Step RULE = new Step.SetRule("orders-1", 2, 2, Rule.none("orders-1"));

    @Test
    void sqlOnSeveralInstancesIsDoneSideBySide() {
        Step follow = new Step.Follow("orders-2", "orders-1", 2);
        assertThat(Together.of(List.of(RULE, follow))).containsExactly(List.of(RULE, follow));
    }

    @Test
    void onOneInstanceTheOrderIsKept() {
        Step detach = new Step.Detach("orders-1", 2);
        assertThat(Together.of(List.of(detach, RULE))).containsExactly(List.of(detach), List.of(RULE));
    }

    @Test
    void aSlotIsThereBeforeSomebodyFollows() {
        Step slot = new Step.CreateSlot("orders-1", "orders_2");
        Step follow = new Step.Follow("orders-2", "orders-1", 2);
        assertThat(Together.of(List.of(slot, RULE, follow))).containsExactly(List.of(slot), List.of(RULE, follow));
    }

    @Test
    void kubernetesIsToldAfterPostgresql() {
        Step follow = new Step.Follow("orders-2", "orders-1", 2);
        Step label = new Step.Label("orders-1", "uid", Optional.empty());
        assertThat(Together.of(List.of(follow, label))).containsExactly(List.of(follow), List.of(label));
    }
}
