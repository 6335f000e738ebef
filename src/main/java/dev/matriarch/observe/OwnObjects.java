package dev.matriarch.observe;

import dev.matriarch.api.PgCluster;
import dev.matriarch.objects.Labels;
import dev.matriarch.objects.ObjectNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The objects of one cluster as the informers hold them. Never change one: they are the cache's.
 *
 * @param cluster the PgCluster
 * @param context the caches
 */
public record OwnObjects(PgCluster cluster, Context<PgCluster> context) {

    /** The kinds of objects that a cluster is made of. */
    public static final List<Class<? extends HasMetadata>> KINDS = List.of(
            Pod.class,
            StatefulSet.class,
            PersistentVolumeClaim.class,
            Service.class,
            EndpointSlice.class,
            Secret.class,
            ConfigMap.class,
            ServiceAccount.class,
            PodDisruptionBudget.class);

    public String name() {
        return cluster.getMetadata().getName();
    }

    public String namespace() {
        return cluster.getMetadata().getNamespace();
    }

    /** The Pods of the instances. */
    public List<Pod> pods() {
        return all(Pod.class);
    }

    public Optional<StatefulSet> statefulSet() {
        return find(StatefulSet.class, name());
    }

    /** The volume claims of the instances, also of those that were scaled away. */
    public List<PersistentVolumeClaim> claims() {
        return all(PersistentVolumeClaim.class);
    }

    /** The same as the API server has them now: caches may be behind. */
    public List<PersistentVolumeClaim> claimsNow() {
        return context.getClient()
                .persistentVolumeClaims()
                .inNamespace(namespace())
                .withLabels(Labels.selector(name()))
                .list()
                .getItems();
    }

    public Optional<EndpointSlice> primarySlice() {
        return find(EndpointSlice.class, ObjectNames.primary(name()));
    }

    /** The address that clients who write are led to. */
    public Optional<String> route() {
        return primarySlice().stream()
                .filter(slice -> slice.getEndpoints() != null)
                .flatMap(slice -> slice.getEndpoints().stream())
                .map(Endpoint::getAddresses)
                .flatMap(List::stream)
                .findFirst();
    }

    public Optional<Secret> secret(String secretName) {
        return find(Secret.class, secretName);
    }

    public Optional<ConfigMap> configMap(String configMapName) {
        return find(ConfigMap.class, configMapName);
    }

    /** The same as the API server has it now. */
    public Optional<ConfigMap> configMapNow(String configMapName) {
        return Optional.ofNullable(context.getClient()
                .configMaps()
                .inNamespace(namespace())
                .withName(configMapName)
                .get());
    }

    /** An object by kind and name. */
    public <T extends HasMetadata> Optional<T> find(Class<T> kind, String objectName) {
        return cache(kind).get(new ResourceID(objectName, namespace())).filter(each -> clusterOf(each)
                .equals(Optional.of(ResourceID.fromResource(cluster))));
    }

    /** Every object's identity and version: while it is the same, nobody has changed anything. */
    public Set<String> versions() {
        return KINDS.stream()
                .flatMap(kind -> all(kind).stream())
                .map(HasMetadata::getMetadata)
                .map(metadata -> metadata.getUid() + "@" + metadata.getResourceVersion())
                .collect(Collectors.toUnmodifiableSet());
    }

    private <T extends HasMetadata> List<T> all(Class<T> kind) {
        return cache(kind).ofCluster(ResourceID.fromResource(cluster));
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> OwnCache<T> cache(Class<T> kind) {
        return (OwnCache<T>) context.eventSourceRetriever().getEventSourceFor(kind);
    }

    /** The cluster that the label of an object names. */
    public static Optional<ResourceID> clusterOf(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return Optional.ofNullable(labels)
                .map(each -> each.get(Labels.CLUSTER))
                .map(each -> new ResourceID(each, object.getMetadata().getNamespace()));
    }
}
