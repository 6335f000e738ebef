package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;

/** {@code orders}: the account of the Pods. No token is mounted: a database needs no Kubernetes API. */
public final class InstancesServiceAccount {

    private InstancesServiceAccount() {}

    public static ServiceAccount build(Blueprint blueprint) {
        return new ServiceAccountBuilder()
                .withMetadata(blueprint.owned(blueprint.name()))
                .withAutomountServiceAccountToken(false)
                .build();
    }
}
