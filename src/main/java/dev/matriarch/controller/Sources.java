package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.objects.Labels;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The informers: one per kind, only over objects that bear our label. An event wakes the cluster that the object's label names, also for objects without
 * an owner, which were kept from an earlier cluster of the name.
 */
@ApplicationScoped
public class Sources {

    private final Observer observer;
    private final Waker waker;
    private final Forgetting forgetting;
    private final Leadership leadership;

    Sources(Observer observer, Waker waker, Forgetting forgetting, Leadership leadership) {
        this.observer = observer;
        this.waker = waker;
        this.forgetting = forgetting;
        this.leadership = leadership;
    }

    List<EventSource<?, PgCluster>> of(EventSourceContext<PgCluster> context) {
        List<EventSource<?, PgCluster>> sources = new ArrayList<>();
        for (Class<? extends HasMetadata> kind : OwnObjects.KINDS) {
            if (kind == Pod.class) {
                sources.add(pods(context));
            } else if (kind == StatefulSet.class) {
                sources.add(statefulSets(context));
            } else {
                sources.add(source(kind, context));
            }
        }
        sources.add(switchovers(context));
        sources.add(waker.source());
        begin(context);
        return sources;
    }

    /** What was remembered when it led before is worth no more than nothing, and who does not lead watches no primary. */
    private void begin(EventSourceContext<PgCluster> context) {
        leadership.whenItBegins(() -> context.getPrimaryCache().keys().forEach(id -> {
            forgetting.forget(id);
            waker.wake(id);
        }));
        leadership.whenItEnds(() -> context.getPrimaryCache().keys().forEach(forgetting::forget));
    }

    private <T extends HasMetadata> OwnSource<T> source(Class<T> kind, EventSourceContext<PgCluster> context) {
        return new OwnSource<>(configuration(kind), context);
    }

    /** Pods, whose connections are closed when they are gone, whatever became of their cluster. */
    private OwnSource<Pod> pods(EventSourceContext<PgCluster> context) {
        return new OwnSource<>(configuration(Pod.class), context) {
            @Override
            public synchronized void onDelete(Pod pod, boolean stateUnknown) {
                observer.forget(pod.getMetadata().getUid());
                super.onDelete(pod, stateUnknown);
            }
        };
    }

    /** StatefulSets go when their cluster has gone. */
    private OwnSource<StatefulSet> statefulSets(EventSourceContext<PgCluster> context) {
        return new OwnSource<>(configuration(StatefulSet.class), context) {
            @Override
            public synchronized void onDelete(StatefulSet set, boolean stateUnknown) {
                cluster(set).stream()
                        .filter(id -> context.getPrimaryCache().get(id).isEmpty())
                        .forEach(forgetting::forget);
                super.onDelete(set, stateUnknown);
            }
        };
    }

    /** PgSwitchovers: nobody labels them, so all of them. */
    private static InformerEventSource<PgSwitchover, PgCluster> switchovers(EventSourceContext<PgCluster> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(PgSwitchover.class, PgCluster.class)
                        .withSecondaryToPrimaryMapper(each -> Set.of(new ResourceID(
                                each.getSpec().cluster(), each.getMetadata().getNamespace())))
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    private static <T extends HasMetadata> InformerEventSourceConfiguration<T> configuration(Class<T> kind) {
        return InformerEventSourceConfiguration.from(kind, PgCluster.class)
                .withLabelSelector(Labels.SELECTOR)
                .withSecondaryToPrimaryMapper(Sources::cluster)
                .withNamespacesInheritedFromController()
                .build();
    }

    private static Set<ResourceID> cluster(HasMetadata object) {
        return OwnObjects.clusterOf(object).map(Set::of).orElse(Set.of());
    }
}
