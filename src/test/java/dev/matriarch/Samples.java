package dev.matriarch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterSpec;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverSpec;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.PodExtras;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/** PgClusters and PgSwitchovers to test with, from the YAML that a user writes. */
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
        cluster.setSpec(read(spec, PgClusterSpec.class));
        return cluster;
    }

    /** The same with a status. */
    public static PgCluster cluster(String spec, String status) {
        PgCluster cluster = cluster(spec);
        cluster.setStatus(read(status, PgClusterStatus.class));
        return cluster;
    }

    /** The PgSwitchover {@code to-2} of the cluster {@code orders} with this spec beside; an empty text: nothing beside. */
    public static PgSwitchover switchover(String spec) {
        PgSwitchover switchover = new PgSwitchover();
        switchover.getMetadata().setName("to-2");
        switchover.getMetadata().setNamespace("shop");
        switchover.getMetadata().setUid("uid-of-to-2");
        switchover.getMetadata().setGeneration(1L);
        switchover.getMetadata().setCreationTimestamp("2026-11-21T10:59:58Z");
        switchover.setSpec(read("cluster: orders\n" + spec, PgSwitchoverSpec.class));
        return switchover;
    }

    /** The same with a status. */
    public static PgSwitchover switchover(String spec, String status) {
        PgSwitchover switchover = switchover(spec);
        switchover.setStatus(read(status, PgSwitchoverStatus.class));
        return switchover;
    }

    /** Its blueprint, with three replicas. */
    public static Blueprint blueprint(String spec) {
        PgCluster cluster = cluster(spec);
        try {
            PodExtras extras = PodExtras.of(cluster.getSpec().pod(), new KubernetesSerialization());
            return new Blueprint(cluster, "postgres:17.6", 3, Optional.empty(), extras);
        } catch (PodExtras.RefusedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static <T> T read(String text, Class<T> type) {
        try {
            return YAML.readValue(text.isEmpty() ? "{}" : text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
