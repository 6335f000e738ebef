package dev.matriarch.controller;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.observe.OwnObjects;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.utils.KubernetesResourceUtil;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.quarkus.arc.All;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import io.quarkus.kubernetes.client.KubernetesResources;
import io.quarkus.runtime.ImageMode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The JSON of Kubernetes' objects, of all clients. How it is read Jackson learns from the classes, with reflection, and a Pod has some hundred of them: a third of
 * the start of a native binary, when it happened there. So it happens when that is built, and what was learnt is a part of it.
 */
@ApplicationScoped
public class KubernetesJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final KubernetesSerialization JSON = new KubernetesSerialization(MAPPER, false);

    static {
        if (ImageMode.current() == ImageMode.NATIVE_BUILD) {
            learn(JSON);
            Serialization.unmarshal("{}", Config.class); // the kubeconfig, which the client reads with one of its own
        }
    }

    /** In place of Quarkus' own, and the same but for that it is static: so it is in the binary. */
    @Produces
    @Singleton
    @SuppressWarnings("rawtypes") // as Quarkus gives them
    KubernetesSerialization json(
            @KubernetesResources Class[] kinds, @All List<KubernetesClientObjectMapperCustomizer> customizers) {
        customizers.forEach(customizer -> customizer.customize(MAPPER));
        for (Class<?> kind : kinds) {
            JSON.registerKubernetesResource(kind.asSubclass(KubernetesResource.class));
        }
        return JSON;
    }

    /** What informers and who is elected send and read. */
    static void learn(KubernetesSerialization json) {
        json.convertValue(new ListOptions(), TreeMap.class);
        json.unmarshal("{}", WatchEvent.class);
        Stream.concat(OwnObjects.KINDS.stream(), Stream.of(PgCluster.class, PgSwitchover.class, Lease.class))
                .forEach(kind -> {
                    json.unmarshal("{}", kind);
                    json.unmarshal("{}", listOf(kind, json));
                });
    }

    private static TypeReference<KubernetesResource> listOf(
            Class<? extends HasMetadata> kind, KubernetesSerialization json) {
        Class<?> list = KubernetesResourceUtil.inferListType(kind);
        Type type = list == DefaultKubernetesResourceList.class ? json.constructParametricType(list, kind) : list;
        return new TypeReference<>() {
            @Override
            public Type getType() {
                return type;
            }
        };
    }
}
