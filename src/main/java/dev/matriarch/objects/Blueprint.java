package dev.matriarch.objects;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterSpec;
import dev.matriarch.api.Storage.Retention;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * All that the builders need.
 *
 * @param cluster the PgCluster
 * @param image the image of the instances
 * @param replicas the StatefulSet's replicas
 * @param route the address that {@code <cluster>-primary} leads to
 * @param extras what its Pods have in Kubernetes' own words
 */
public record Blueprint(PgCluster cluster, String image, int replicas, Optional<String> route, PodExtras extras) {

    /** Port of PostgreSQL. */
    public static final int PORT = 5432;

    /** Name of the port. */
    public static final String PORT_NAME = "postgresql";

    public String name() {
        return cluster.getMetadata().getName();
    }

    public String namespace() {
        return cluster.getMetadata().getNamespace();
    }

    public PgClusterSpec spec() {
        return cluster.getSpec();
    }

    /** Whether the volumes, and what belongs to them, stay when the PgCluster goes. */
    public boolean retains() {
        return spec().storage().retention() == Retention.Retain || sharesClaim();
    }

    /** Whether all instances use one claim. */
    public boolean sharesClaim() {
        return spec().storage().sharedClaimName() != null;
    }

    /** Metadata of an object that goes with the PgCluster. */
    ObjectMeta owned(String objectName) {
        return metadata(objectName, Map.of()).withOwnerReferences(owner()).build();
    }

    /** Metadata of an object that stays with the volumes. */
    ObjectMeta kept(String objectName) {
        return retains() ? metadata(objectName, Map.of()).build() : owned(objectName);
    }

    /** Metadata of an object that goes with the PgCluster, with annotations. */
    ObjectMeta owned(String objectName, Map<String, String> annotations) {
        return metadata(objectName, annotations).withOwnerReferences(owner()).build();
    }

    private ObjectMetaBuilder metadata(String objectName, Map<String, String> annotations) {
        return new ObjectMetaBuilder()
                .withName(objectName)
                .withNamespace(namespace())
                .withLabels(Labels.of(name(), spec().postgresql().version()))
                .withAnnotations(annotations.isEmpty() ? null : annotations);
    }

    private OwnerReference owner() {
        return new OwnerReferenceBuilder()
                .withApiVersion(cluster.getApiVersion())
                .withKind(cluster.getKind())
                .withName(name())
                .withUid(cluster.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }
}
