package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.observe.OwnCache;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.Problem;
import dev.matriarch.status.ToldEvents;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.EventSourceRetriever;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That writes are led elsewhere is told, once, whenever the cache shows it. */
class RoutedTest {

    /** It is asked nothing. */
    private static final KubernetesClient CLIENT =
            new KubernetesClientBuilder().withConfig(Config.empty()).build();

    private static final String TO_FIRST = "Routed: orders-primary leads to orders-0, 10.0.0.1.";
    private static final String TO_SECOND = "Routed: orders-primary leads to orders-1, 10.0.0.2.";

    private final List<HasMetadata> cache =
            new ArrayList<>(List.of(pod("orders-0", "10.0.0.1"), pod("orders-1", "10.0.0.2")));
    private final ToldEvents events = new ToldEvents();
    private final List<Problem> problems = new ArrayList<>();
    private final List<HasMetadata> applied = new ArrayList<>();
    private boolean refuses;

    /** When the cache has what was applied. */
    private enum Informer {
        BEFORE_THE_ANSWER,
        AFTER_IT
    }

    @ParameterizedTest
    @EnumSource
    void whicheverIsFaster(Informer informer) {
        OwnedObjects owned = owned(informer);

        lead(owned, "10.0.0.1");
        lead(owned, "10.0.0.1");
        lead(owned, "10.0.0.2");
        lead(owned, "10.0.0.2");

        assertThat(events.told()).containsExactly(TO_FIRST, TO_SECOND);
    }

    /** An operator that has just begun to lead finds writes led where they must be. */
    @ParameterizedTest
    @EnumSource
    void notWhatAnotherOperatorHasDone(Informer informer) {
        lead(owned(informer), "10.0.0.1");
        events.told().clear();

        lead(owned(informer), "10.0.0.1");

        assertThat(events.told()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void butWhatItHasToDoItself(Informer informer) {
        lead(owned(informer), "10.0.0.1");
        events.told().clear();

        lead(owned(informer), "10.0.0.2");

        assertThat(events.told()).containsExactly(TO_SECOND);
    }

    @Test
    void notWhatWasRefused() {
        OwnedObjects owned = owned(Informer.AFTER_IT);
        refuses = true;
        lead(owned, "10.0.0.1");
        assertThat(events.told()).isEmpty();

        refuses = false;
        lead(owned, "10.0.0.1");
        assertThat(events.told()).containsExactly(TO_FIRST);
    }

    /** A cluster that was made anew under its name is another. */
    @Test
    void againAfterItWasForgotten() {
        OwnedObjects owned = owned(Informer.BEFORE_THE_ANSWER);
        lead(owned, "10.0.0.1");
        owned.forget(new ResourceID("orders", "shop"));
        cache.removeIf(each -> !(each instanceof Pod));

        lead(owned, "10.0.0.1");

        assertThat(events.told()).containsExactly(TO_FIRST, TO_FIRST);
    }

    private void lead(OwnedObjects owned, String address) {
        Blueprint three = Samples.blueprint("");
        owned.keepRoute(
                new OwnObjects(three.cluster(), context()),
                new Blueprint(three.cluster(), three.image(), three.replicas(), Optional.of(address), three.extras()),
                problems);
        // By the next round every informer has it.
        applied.forEach(this::arrives);
    }

    private void arrives(HasMetadata object) {
        cache.removeIf(each -> each.getClass() == object.getClass()
                && each.getMetadata().getName().equals(object.getMetadata().getName()));
        cache.add(object);
    }

    private OwnedObjects owned(Informer informer) {
        Applier applier = new Applier(CLIENT, events) {
            @Override
            public <T extends HasMetadata> boolean apply(
                    OwnObjects objects, Class<T> kind, T wanted, List<Problem> found) {
                if (refuses) {
                    found.add(new Problem("EndpointSlice", "refused"));
                    return false;
                }
                applied.add(wanted);
                if (informer == Informer.BEFORE_THE_ANSWER) {
                    arrives(wanted);
                }
                return false;
            }
        };
        return new OwnedObjects(applier, null, null, null, events);
    }

    @SuppressWarnings("unchecked")
    private Context<PgCluster> context() {
        return (Context<PgCluster>) answering(Map.of("eventSourceRetriever", words -> retriever()), Context.class);
    }

    private Object retriever() {
        return answering(Map.of("getEventSourceFor", words -> cache((Class<?>) words[0])), EventSourceRetriever.class);
    }

    private Object cache(Class<?> kind) {
        return answering(
                Map.of(
                        "get",
                        words -> ofKind(kind)
                                .filter(each -> ((HasMetadata) each)
                                        .getMetadata()
                                        .getName()
                                        .equals(((ResourceID) words[0]).getName()))
                                .findFirst(),
                        "ofCluster",
                        words -> ofKind(kind).toList()),
                EventSource.class,
                OwnCache.class);
    }

    private static Object answering(Map<String, Function<Object[], Object>> answers, Class<?>... kinds) {
        return Proxy.newProxyInstance(kinds[0].getClassLoader(), kinds, (proxy, asked, words) -> {
            if (!answers.containsKey(asked.getName())) {
                throw new UnsupportedOperationException(asked.getName());
            }
            return answers.get(asked.getName()).apply(words);
        });
    }

    private Stream<?> ofKind(Class<?> kind) {
        return List.copyOf(cache).stream().filter(kind::isInstance);
    }

    private static Pod pod(String name, String address) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewStatus()
                .withPodIP(address)
                .endStatus()
                .build();
    }
}
