package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.decide.Plan;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.InstancesStatefulSet;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a spec, and what stays as it was because it cannot be done to a living cluster. */
class BlueprintsTest {

    private static final Plan PLAN = new Plan(5, Optional.of("10.0.0.7"), List.of(), List.of());

    private final Blueprints blueprints =
            new Blueprints(() -> Map.of(16, "postgres:16.11", 17, "postgres:17.6"), new KubernetesSerialization());
    private final List<Problem> problems = new ArrayList<>();

    @Test
    void aMajorVersionIsMappedToAnExactMinorRelease() {
        Blueprint blueprint = of("").orElseThrow();
        assertThat(blueprint.image()).isEqualTo("postgres:17.6");
        assertThat(blueprint.replicas()).isEqualTo(5);
        assertThat(blueprint.route()).contains("10.0.0.7");
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry:5000/shop/pg:16-custom",
                "postgres:16.9@sha256:1234567890",
                "postgres:latest",
                "ghcr.io/shop/postgres",
                "pg@sha256:1234567890"
            })
    void anImageOfTheUserComesFirst(String image) {
        assertThat(of("postgresql: {version: 16, image: '" + image + "'}")
                        .orElseThrow()
                        .image())
                .isEqualTo(image);
        assertThat(problems).isEmpty();
    }

    @Test
    void withoutAnImageThereIsNothingToRun() {
        assertThat(of("postgresql: {version: 14}")).isEmpty();
        assertThat(problems).extracting(Problem::field).containsExactly("spec.postgresql.version");
    }

    @Test
    void whatRunsGoesOnWhenAnImageIsOfAnotherVersion() {
        Optional<Blueprint> blueprint =
                of(Samples.cluster("postgresql: {version: 17, image: 'shop/postgres:16.9'}"), Optional.of(running("")));
        assertThat(blueprint.orElseThrow().image()).isEqualTo("postgres:17.6");
        assertThat(problems).extracting(Problem::field).containsExactly("spec.postgresql.image");
    }

    @Test
    void aMajorVersionOfALivingClusterIsNotChanged() {
        PgCluster cluster = Samples.cluster("postgresql: {version: 16}");
        cluster.setStatus(saying("17.6"));
        assertThat(of(cluster, Optional.of(running(""))).orElseThrow().image()).isEqualTo("postgres:17.6");
        assertThat(problems)
                .singleElement()
                .satisfies(each -> assertThat(each.message()).contains("17.6").endsWith("set it to 17."));
    }

    @Test
    void aMinorReleaseIsTaken() {
        PgCluster cluster = Samples.cluster("postgresql: {image: 'postgres:17.7'}");
        cluster.setStatus(saying("17.6"));
        assertThat(of(cluster, Optional.of(running(""))).orElseThrow().image()).isEqualTo("postgres:17.7");
        assertThat(problems).isEmpty();
    }

    @Test
    void aSizeThatCannotBeHadYetStaysWhatItWas() {
        PgCluster cluster = Samples.cluster("storage: {size: 2Gi, retention: Delete}");
        Blueprint blueprint = of(cluster, Optional.of(running(""))).orElseThrow();
        assertThat(blueprint.spec().storage().size()).isEqualTo("1Gi");
        assertThat(blueprint.retains()).as("all else as it was wanted").isFalse();
        assertThat(problems).extracting(Problem::field).containsExactly("spec.storage.size");
    }

    @Test
    void theSameSizeInOtherWordsIsNoProblem() {
        of(Samples.cluster("storage: {size: 1024Mi}"), Optional.of(running("")));
        assertThat(problems).isEmpty();
    }

    @Test
    void aSharedClaimHasNoSizeOfOurs() {
        String shared = "storage: {sharedClaimName: nfs, size: 7Gi}";
        of(Samples.cluster(shared), Optional.of(running(shared)));
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pod: {securityContext: {runAsUser: postgres}} | spec.pod.securityContext.runAsUser",
                "pod: {affinity: {nodeAffinity: here}} | spec.pod.affinity.nodeAffinity",
                "pod: {sidecars: [{name: a, image: 'a:1'}, {name: b, ports: 8080}]} | spec.pod.sidecars[1].ports",
                "pod: {sidecars: [{image: 'a:1'}]} | spec.pod.sidecars[0].name",
                "pod: {sidecars: [{name: postgres, image: 'a:1'}]} | spec.pod.sidecars",
                "pod: {sidecars: [{name: a, image: 'a:1'}, {name: a, image: 'a:2'}]} | spec.pod.sidecars",
                "pod: {resources: {limits: {memory: ''}}} | spec.pod.resources.limits.memory",
                "pod: {resources: {limits: {memory: 1Gi2Gi}}} | spec.pod.resources.limits.memory",
                "pod: {resources: {requests: {cpu: -1}}} | spec.pod.resources.requests.cpu",
                "pod: {resources: {limits: {cpu: 1e999999999}}} | spec.pod.resources.limits.cpu",
                "pod: {resources: {claims: all}} | spec.pod.resources.claims",
                "pod: {volumes: [{name: run, emptyDir: {}}]} | spec.pod.volumes",
                "pod: {topologySpreadConstraints: [{maxSkew: one}]} | spec.pod.topologySpreadConstraints[0].maxSkew"
            })
    void whatAPodHasNotConcernsOneClusterWhosePodsStayAsTheyAre(String spec, String field) {
        String before =
                "pod: {resources: {limits: {cpu: 2, memory: 1Gi}}, sidecars: [{name: exporter, image: 'e:1'}], volumes: [{name: extra, emptyDir: {}}]}";

        Blueprint blueprint =
                of(Samples.cluster(spec), Optional.of(running(before))).orElseThrow();

        assertThat(problems).extracting(Problem::field).containsExactly(field);
        assertThat(InstancesStatefulSet.build(blueprint).getSpec().getTemplate())
                .isEqualTo(running(before).getSpec().getTemplate());
        assertThat(of(spec)).as("a new cluster waits for what is right").isEmpty();
    }

    private Optional<Blueprint> of(String spec) {
        return of(Samples.cluster(spec), Optional.empty());
    }

    private Optional<Blueprint> of(PgCluster cluster, Optional<StatefulSet> present) {
        return blueprints.of(cluster, present, PLAN, problems);
    }

    private static StatefulSet running(String spec) {
        return InstancesStatefulSet.build(Samples.blueprint(spec));
    }

    private static PgClusterStatus saying(String version) {
        return new PgClusterStatus(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                version, null, null, null);
    }
}
