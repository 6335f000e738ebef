package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/**
 * {@code orders}: at most one standby away; {@code orders-primary}: the primary not by eviction. The drain of its node waits until a PgSwitchover has
 * made it a standby, which nobody but a person asks for. They select by role, so a Pod is never under two. With one instance there is neither, or
 * its node could never be drained.
 */
public final class DisruptionBudgets {

    private DisruptionBudgets() {}

    public static PodDisruptionBudget standbys(Blueprint blueprint) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(blueprint.owned(blueprint.name()))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(Labels.selector(blueprint.name(), "replica"))
                .endSelector()
                .endSpec()
                .build();
    }

    public static PodDisruptionBudget primary(Blueprint blueprint) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(blueprint.owned(ObjectNames.primary(blueprint.name())))
                .withNewSpec()
                .withMinAvailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(Labels.selector(blueprint.name(), "primary"))
                .endSelector()
                .endSpec()
                .build();
    }
}
