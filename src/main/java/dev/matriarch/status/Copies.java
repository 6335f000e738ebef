package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

/** Copies of cached objects, which must never be changed. */
final class Copies {

    private Copies() {}

    /** A copy whose parts are immutable, or copied too. */
    static PgCluster of(PgCluster cached) {
        PgCluster copy = new PgCluster();
        copy.setMetadata(new ObjectMetaBuilder(cached.getMetadata()).build());
        copy.setSpec(cached.getSpec());
        copy.setStatus(cached.getStatus());
        return copy;
    }
}
