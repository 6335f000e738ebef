package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.observe.ClusterIndex;
import dev.matriarch.observe.OwnCache;
import dev.matriarch.observe.OwnObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Optional;

/**
 * An informer over the objects of one kind, which also knows those of a cluster. The SDK's own way to them hashes each of them, with all that is in it, which was a good
 * part of a reconcile.
 *
 * @param <T> the kind
 */
class OwnSource<T extends HasMetadata> extends InformerEventSource<T, PgCluster> implements OwnCache<T> {

    private final ClusterIndex index = new ClusterIndex();

    OwnSource(InformerEventSourceConfiguration<T> configuration, EventSourceContext<PgCluster> context) {
        super(configuration, context);
    }

    /** The first reconcile may come before the informer has told its handlers of all that it found. */
    @Override
    public synchronized void start() {
        super.start();
        list(each -> true).forEach(index::keep);
    }

    @Override
    public void onAdd(T object) {
        index.keep(object);
        super.onAdd(object);
    }

    @Override
    public void onUpdate(T before, T after) {
        index.change(before, after);
        super.onUpdate(before, after);
    }

    /** One of this name may be there again, though it has not been told yet. */
    @Override
    public synchronized void onDelete(T object, boolean stateUnknown) {
        if (get(ResourceID.fromResource(object)).isEmpty()) {
            index.remove(object);
        }
        super.onDelete(object, stateUnknown);
    }

    @Override
    public List<T> ofCluster(ResourceID cluster) {
        return index.of(cluster).stream()
                .map(this::get)
                .flatMap(Optional::stream)
                .filter(each -> OwnObjects.clusterOf(each).equals(Optional.of(cluster)))
                .toList();
    }
}
