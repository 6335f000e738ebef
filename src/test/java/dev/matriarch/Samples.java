package dev.matriarch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterSpec;
import dev.matriarch.objects.Blueprint;
import java.util.Optional;

/** PgClusters to test with, from the YAML that a user writes. */
public final class Samples {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Samples() {}

    /** The cluster {@code orders} with this spec; an empty text is {@code spec: {}}. */
    public static PgCluster cluster(String spec) {
        PgCluster cluster = new PgCluster();
        cluster.getMetadata().setName("orders");
        cluster.getMetadata().setNamespace("shop");
        cluster.getMetadata().setUid("uid-of-orders");
        cluster.getMetadata().setGeneration(4L);
        cluster.setSpec(spec(spec));
        return cluster;
    }

    /** Its blueprint, with three replicas. */
    public static Blueprint blueprint(String spec) {
        return new Blueprint(cluster(spec), "postgres:17.6", 3, Optional.empty());
    }

    private static PgClusterSpec spec(String text) {
        try {
            return YAML.readValue(text.isEmpty() ? "{}" : text, PgClusterSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
