package dev.matriarch.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Optional;

/**
 * What an informer holds of one kind. Never change an object: it is the cache's.
 *
 * @param <T> the kind
 */
public interface OwnCache<T extends HasMetadata> {

    /** An object by its name. */
    Optional<T> get(ResourceID name);

    /** All objects that bear the label of a cluster. None is missing because it is just being changed. */
    List<T> ofCluster(ResourceID cluster);
}
