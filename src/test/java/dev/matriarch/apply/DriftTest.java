package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.Samples;
import dev.matriarch.objects.InstancesStatefulSet;
import dev.matriarch.objects.PrimaryService;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {

    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the same                       | {'a': 1, 'b': 'x'}             | {'a': 1, 'b': 'x'}",
                "a field that others added      | {'a': 1, 'c': {'d': true}}     | {'a': 1}",
                "a label that others added      | {'l': {'a': 'b', 'c': 'd'}}    | {'l': {'a': 'b'}}",
                "nothing wanted                 | {}                             | {'a': null, 'b': {}, 'c': []}",
                "a number as text               | {'a': '5432'}                  | {'a': 5432}",
                "a quantity in other words      | {'a': '1Gi'}                   | {'a': '1024Mi'}",
                "a decimal quantity             | {'a': '500m'}                  | {'a': '0.5'}",
                "named elements in other order  | {'l': [{'name': 'b'}, {'name': 'a', 'v': 1}]} | {'l': [{'name': 'a', 'v': 1}]}",
                "defaults inside an element     | {'l': [{'name': 'a', 'protocol': 'TCP'}]}     | {'l': [{'name': 'a'}]}",
                "a longer list without names    | {'l': ['a', 'b', 'c']}         | {'l': ['a', 'b']}"
            })
    void noReasonToWrite(String what, String present, String wanted) {
        assertThat(Drift.contains(tree(present), tree(wanted))).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "another value              | {'a': 1}                     | {'a': 2}",
                "a missing field            | {}                           | {'a': 1}",
                "a missing parent           | {}                           | {'a': {'b': {'c': 1}}}",
                "another quantity           | {'a': '1Gi'}                 | {'a': '2Gi'}",
                "another word               | {'a': 'ClusterIP'}           | {'a': 'NodePort'}",
                "a missing element          | {'l': ['a']}                 | {'l': ['a', 'b']}",
                "another order              | {'l': ['b', 'a']}            | {'l': ['a', 'b']}",
                "an element of another name | {'l': [{'name': 'b'}]}       | {'l': [{'name': 'a'}]}",
                "changed inside an element  | {'l': [{'name': 'a', 'v': 1}]} | {'l': [{'name': 'a', 'v': 2}]}",
                "an object for a list       | {'l': {'a': 1}}              | {'l': ['a']}",
                "a value for an object      | {'l': 'a'}                   | {'l': {'a': 1}}"
            })
    void aReasonToWrite(String what, String present, String wanted) {
        assertThat(Drift.contains(tree(present), tree(wanted))).isFalse();
    }

    @Test
    void aFieldThatIsNoLongerWantedIsNoticedByTheDigest() {
        Service annotated = PrimaryService.build(Samples.blueprint("services: {primary: {annotations: {a: b}}}"));
        Service plain = PrimaryService.build(Samples.blueprint(""));
        Drift.sign(annotated, serialization);
        Drift.sign(plain, serialization);
        assertThat(Drift.isBetween(annotated, plain, serialization)).isTrue();
        assertThat(Drift.isBetween(plain, plain, serialization)).isFalse();
    }

    @Test
    void theSameBlueprintGivesTheSameDigest() {
        assertThat(Drift.digestOf(Drift.sign(set(""), serialization)))
                .isEqualTo(Drift.digestOf(Drift.sign(set(""), serialization)))
                .isNotEqualTo(Drift.digestOf(Drift.sign(set("pod: {labels: {a: b}}"), serialization)));
    }

    @Test
    void whatTheApiServerAddsToAStatefulSetIsNoDrift() {
        StatefulSet wanted = Drift.sign(set(""), serialization);
        StatefulSet present = serialization.clone(wanted);
        present.getMetadata().setResourceVersion("17");
        present.getMetadata().setUid("somebody");
        present.getSpec().getTemplate().getSpec().setDnsPolicy("ClusterFirst");
        present.getSpec().getTemplate().getSpec().getContainers().get(0).setImagePullPolicy("IfNotPresent");
        present.getSpec().getVolumeClaimTemplates().get(0).getSpec().setVolumeMode("Filesystem");
        assertThat(Drift.isBetween(present, wanted, serialization)).isFalse();

        present.getSpec().setReplicas(7);
        assertThat(Drift.isBetween(present, wanted, serialization)).isTrue();
    }

    private static StatefulSet set(String spec) {
        return InstancesStatefulSet.build(Samples.blueprint(spec));
    }

    private JsonNode tree(String text) {
        try {
            return json.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
