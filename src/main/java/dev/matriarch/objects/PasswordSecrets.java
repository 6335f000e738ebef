package dev.matriarch.objects;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import java.util.TreeMap;

/** Secrets with passwords. They are made once; what they hold is never overwritten. */
public final class PasswordSecrets {

    private PasswordSecrets() {}

    /** {@code orders-superuser}. */
    public static Secret superuser(Blueprint blueprint, String password) {
        return secret(
                blueprint,
                ObjectNames.superuser(blueprint.name()),
                "kubernetes.io/basic-auth",
                Map.of("POSTGRES_PASSWORD", password, "username", "postgres", "password", password));
    }

    /** {@code orders-internal}: a file per role in the Pods, so the keys are the roles. */
    public static Secret internal(Blueprint blueprint, String operator, String replication) {
        return secret(
                blueprint,
                ObjectNames.internal(blueprint.name()),
                "Opaque",
                Map.of("matriarch", operator, "matriarch_replication", replication));
    }

    private static Secret secret(Blueprint blueprint, String name, String type, Map<String, String> data) {
        return new SecretBuilder()
                .withMetadata(blueprint.kept(name))
                .withType(type)
                .withData(Encoding.base64(new TreeMap<>(data)))
                .build();
    }
}
