package dev.matriarch.start;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PermissionTest {

    @Test
    void aLineIsScopeGroupResourceAndVerb() {
        assertThat(Permission.parse("namespace core pods/log get"))
                .isEqualTo(new Permission(true, "", "pods/log", "get"));
        assertThat(Permission.parse("cluster storage.k8s.io storageclasses get"))
                .isEqualTo(new Permission(false, "storage.k8s.io", "storageclasses", "get"));
    }

    @Test
    void thePackedOnesCanBeRead() {
        assertThat(Resources.lines(Permission.FILE).stream().map(Permission::parse))
                .contains(new Permission(true, "postgres.matriarch.dev", "pgclusters/status", "update"));
    }
}
