package dev.matriarch.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which objects of one kind bear the label of which cluster.
 *
 * <p>An informer's own index takes a changed object out before it puts it in again (fabric8io/kubernetes-client#7265), and its readers wait for nothing: a Pod
 * that was annotated just now was missing from a look, and a primary without a Pod is a primary that is lost. Here a change adds, and only a deletion, or another label,
 * takes out. So an object that was there before a read, and is there after it, is seen.
 */
public final class ClusterIndex {

    private final Map<ResourceID, Set<ResourceID>> objects = new ConcurrentHashMap<>();

    /** The names of a cluster's objects; one that has gone may be among them for a moment. */
    public Set<ResourceID> of(ResourceID cluster) {
        return objects.getOrDefault(cluster, Set.of());
    }

    /** Takes in an object that was added or changed. */
    public void keep(HasMetadata object) {
        OwnObjects.clusterOf(object)
                .ifPresent(cluster -> objects.compute(cluster, (id, present) -> {
                    Set<ResourceID> names = present == null ? ConcurrentHashMap.newKeySet() : present;
                    names.add(ResourceID.fromResource(object));
                    return names;
                }));
    }

    /** Takes in a change; the label may name another cluster now. */
    public void change(HasMetadata before, HasMetadata after) {
        keep(after);
        if (!OwnObjects.clusterOf(before).equals(OwnObjects.clusterOf(after))) {
            remove(before);
        }
    }

    /** Takes out an object that is gone. */
    public void remove(HasMetadata object) {
        OwnObjects.clusterOf(object)
                .ifPresent(cluster -> objects.computeIfPresent(cluster, (id, names) -> {
                    names.remove(ResourceID.fromResource(object));
                    return names.isEmpty() ? null : names;
                }));
    }
}
