package dev.matriarch.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.DefaultCacheProvider;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** What is learnt at build time is all that the lists of a start need. */
class KubernetesJsonTest {

    private static final int ENOUGH = 2000;
    private static final String POD = """
            {"kind": "Pod", "apiVersion": "v1",
             "metadata": {"name": "orders-0", "labels": {"a": "b"}, "ownerReferences": [{"uid": "1"}], "creationTimestamp": "2026-11-30T00:00:00Z"},
             "spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-orders-0"}}],
                      "containers": [{"name": "postgres", "resources": {"limits": {"memory": "1Gi"}}, "ports": [{"containerPort": 5432}]}]},
             "status": {"conditions": [{"type": "Ready"}], "containerStatuses": [{"state": {"running": {}}}]}}""";

    private final LookupCache<JavaType, JsonDeserializer<Object>> learnt = new LRUMap<>(64, ENOUGH);
    private final KubernetesSerialization json =
            new KubernetesSerialization(new ObjectMapper().setCacheProvider(new Counted(learnt)), false);

    @Test
    void podsAreKnownAndNothingIsLearntOfThemLater() {
        json.registerKubernetesResource(Pod.class);
        KubernetesJson.learn(json);
        int before = learnt.size();

        PodList pods =
                json.unmarshal("{\"metadata\": {\"resourceVersion\": \"7\"}, \"items\": [" + POD + "]}", PodList.class);
        json.unmarshal("{\"type\": \"BOOKMARK\", \"object\": " + POD + "}", WatchEvent.class);

        assertThat(pods.getItems().get(0).getStatus().getContainerStatuses()).hasSize(1);
        assertThat(before).isGreaterThan(100);
        assertThat(learnt.size()).isEqualTo(before);
    }

    private static final class Counted extends DefaultCacheProvider {

        private static final long serialVersionUID = 1;

        private final transient LookupCache<JavaType, JsonDeserializer<Object>> learnt;

        Counted(LookupCache<JavaType, JsonDeserializer<Object>> learnt) {
            super(ENOUGH, ENOUGH, ENOUGH);
            this.learnt = learnt;
        }

        @Override
        public LookupCache<JavaType, JsonDeserializer<Object>> forDeserializerCache(DeserializationConfig config) {
            return learnt;
        }
    }
}
