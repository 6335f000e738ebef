package dev.matriarch.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.matriarch.Samples;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Pod of an instance and the StatefulSet that makes it. */
class InstancePodTest {

    @Test
    void itMeetsTheRestrictedPodSecurityStandard() {
        PodSpec pod = template("").getSpec();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(999);
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(postgres("").getSecurityContext()).satisfies(context -> {
            assertThat(context.getAllowPrivilegeEscalation()).isFalse();
            assertThat(context.getReadOnlyRootFilesystem()).isTrue();
            assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        });
    }

    @Test
    void theUsersSecurityContextComesFirstButNeverRoot() {
        PodSpec pod = template("pod: {securityContext: {runAsUser: 26, fsGroup: 7, runAsNonRoot: false}}")
                .getSpec();
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(26);
        assertThat(pod.getSecurityContext().getFsGroup()).isEqualTo(7);
        assertThat(pod.getSecurityContext().getRunAsGroup()).isEqualTo(999);
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    }

    @Test
    void noTokenIsMounted() {
        assertThat(template("").getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(InstancesServiceAccount.build(Samples.blueprint("")).getAutomountServiceAccountToken())
                .isFalse();
    }

    @Test
    void noProbeAsksPostgresqlWhetherToKillIt() {
        Container postgres = postgres("");
        Stream.of(postgres.getLivenessProbe(), postgres.getStartupProbe()).forEach(probe -> {
            assertThat(probe.getExec().getCommand())
                    .containsExactly("/bin/sh", "/etc/matriarch/supervisor.sh", "alive");
            assertThat(probe.getTcpSocket()).isNull();
        });
        assertThat(postgres.getLivenessProbe().getPeriodSeconds()
                        * postgres.getLivenessProbe().getFailureThreshold())
                .as("seconds until a Pod is killed")
                .isGreaterThanOrEqualTo(180);
        assertThat(postgres.getReadinessProbe().getTcpSocket().getPort().getStrVal())
                .isEqualTo("postgresql");
    }

    @Test
    void itHasLongerToStopThanTheSupervisorTakes() {
        assertThat(template("").getSpec().getTerminationGracePeriodSeconds()).isGreaterThan(40);
        assertThat(template("pod: {terminationGracePeriodSeconds: 7}").getSpec().getTerminationGracePeriodSeconds())
                .isEqualTo(7);
    }

    @Test
    void whatTheSupervisorReadsIsOneProjectedVolume() {
        Volume matriarch = volume(template(""), "matriarch");
        assertThat(matriarch.getProjected().getSources()).hasSize(3);
        assertThat(matriarch.getProjected().getSources().get(2).getDownwardAPI().getItems())
                .singleElement()
                .satisfies(item -> {
                    assertThat(item.getPath()).isEqualTo("assignment");
                    assertThat(item.getFieldRef().getFieldPath())
                            .isEqualTo("metadata.annotations['postgres.matriarch.dev/assignment']");
                });
        assertThat(postgres("").getVolumeMounts())
                .filteredOn(mount -> mount.getName().equals("matriarch"))
                .singleElement()
                .satisfies(mount -> assertThat(mount.getSubPath())
                        .as("would never be refreshed")
                        .isNull());
    }

    @Test
    void theUsersLabelsDoNotReplaceOurs() {
        assertThat(template("pod: {labels: {team: shop, postgres.matriarch.dev/cluster: other}}")
                        .getMetadata()
                        .getLabels())
                .containsEntry("team", "shop")
                .containsEntry("postgres.matriarch.dev/cluster", "orders");
    }

    @Test
    void instancesPreferDifferentNodesUnlessTheUserSaysOtherwise() {
        assertThat(template("")
                        .getSpec()
                        .getAffinity()
                        .getPodAntiAffinity()
                        .getPreferredDuringSchedulingIgnoredDuringExecution())
                .hasSize(1);
        assertThat(template("pod: {affinity: {nodeAffinity: {}}}")
                        .getSpec()
                        .getAffinity()
                        .getPodAntiAffinity())
                .isNull();
    }

    @Test
    void whatPostgresqlWritesBesideItsVolumeIsBounded() {
        assertThat(postgres("").getVolumeMounts())
                .extracting(VolumeMount::getMountPath, VolumeMount::getName, VolumeMount::getReadOnly)
                .as("the root is read-only")
                .contains(
                        tuple("/tmp", "tmp", null),
                        tuple("/var/run/postgresql", "run", null),
                        tuple("/dev/shm", "shm", null));
        assertThat(template("").getSpec().getVolumes())
                .filteredOn(each -> each.getEmptyDir() != null)
                .extracting(Volume::getName, each -> each.getEmptyDir().getMedium(), each -> each.getEmptyDir()
                        .getSizeLimit())
                .containsExactlyInAnyOrder(
                        tuple("tmp", null, new Quantity("1Gi")),
                        tuple("run", "Memory", new Quantity("16Mi")),
                        // A runtime gives 64 MB, which a parallel query with large hash tables exceeds.
                        tuple("shm", "Memory", new Quantity("1Gi")));
    }

    @Test
    void whereItRunsIsSaidInKubernetesOwnWords() {
        PodSpec pod = template("""
                        pod:
                          nodeSelector: {disk: fast}
                          tolerations: [{key: dedicated, operator: Equal, value: db, effect: NoExecute, tolerationSeconds: 30}]
                          priorityClassName: databases
                          imagePullSecrets: [{name: registry}]
                          affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
                            {matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]}}}
                          topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule,
                            labelSelector: {matchLabels: {team: shop}}}]
                        """).getSpec();

        assertThat(Serialization.asYaml(new PodSpecBuilder()
                        .withNodeSelector(pod.getNodeSelector())
                        .withTolerations(pod.getTolerations())
                        .withPriorityClassName(pod.getPriorityClassName())
                        .withImagePullSecrets(pod.getImagePullSecrets())
                        .withAffinity(pod.getAffinity())
                        .withTopologySpreadConstraints(pod.getTopologySpreadConstraints())
                        .build()))
                .isEqualTo("""
                        ---
                        affinity:
                          nodeAffinity:
                            requiredDuringSchedulingIgnoredDuringExecution:
                              nodeSelectorTerms:
                              - matchExpressions:
                                - key: "zone"
                                  operator: "In"
                                  values:
                                  - "a"
                                  - "b"
                        imagePullSecrets:
                        - name: "registry"
                        nodeSelector:
                          disk: "fast"
                        priorityClassName: "databases"
                        tolerations:
                        - effect: "NoExecute"
                          key: "dedicated"
                          operator: "Equal"
                          tolerationSeconds: 30
                          value: "db"
                        topologySpreadConstraints:
                        - labelSelector:
                            matchLabels:
                              team: "shop"
                          maxSkew: 1
                          topologyKey: "zone"
                          whenUnsatisfiable: "DoNotSchedule"
                        """);
    }

    @Test
    void resourcesAreThoseOfPostgresqlAndAnnotationsThoseOfThePod() {
        String spec = "pod: {resources: {requests: {cpu: 500m}, limits: {memory: 2Gi}}, annotations: {team: shop}}";
        assertThat(postgres(spec).getResources().getRequests()).containsOnly(entry("cpu", new Quantity("500m")));
        assertThat(postgres(spec).getResources().getLimits()).containsOnly(entry("memory", new Quantity("2Gi")));
        assertThat(template(spec).getMetadata().getAnnotations()).containsOnly(entry("team", "shop"));
    }

    @Test
    void nothingIsSaidThatWasNotAskedFor() {
        assertThat(template("").getSpec()).satisfies(pod -> {
            assertThat(pod.getNodeSelector()).isNullOrEmpty();
            assertThat(pod.getTolerations()).isEmpty();
            assertThat(pod.getPriorityClassName()).isNull();
            assertThat(pod.getImagePullSecrets()).isEmpty();
            assertThat(pod.getTopologySpreadConstraints()).isEmpty();
        });
    }

    @Test
    void sidecarsAndTheirVolumesComeAfterPostgresql() {
        PodSpec pod = template(
                        "pod: {sidecars: [{name: exporter, image: exporter:1}], volumes: [{name: extra, emptyDir: {}}]}")
                .getSpec();
        assertThat(pod.getContainers()).extracting(Container::getName).containsExactly("postgres", "exporter");
        assertThat(pod.getVolumes()).extracting(Volume::getName).endsWith("extra");
    }

    @Test
    void eachInstanceHasAClaimOfItsOwnThatStays() {
        StatefulSet set = InstancesStatefulSet.build(Samples.blueprint("storage: {size: 5Gi, storageClassName: fast}"));
        assertThat(set.getSpec().getVolumeClaimTemplates()).singleElement().satisfies(claim -> {
            assertThat(claim.getMetadata().getName()).isEqualTo("data");
            assertThat(claim.getMetadata().getLabels()).containsEntry("postgres.matriarch.dev/cluster", "orders");
            assertThat(claim.getSpec().getStorageClassName()).isEqualTo("fast");
            assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteOnce");
            assertThat(claim.getSpec().getResources().getRequests().get("storage"))
                    .hasToString("5Gi");
        });
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
                .isEqualTo("Retain");
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
                .isEqualTo("Retain");
    }

    @Test
    void claimsGoWithTheClusterOnlyWhenAskedForAndNeverByScaling() {
        StatefulSet set = InstancesStatefulSet.build(Samples.blueprint("storage: {retention: Delete}"));
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
                .isEqualTo("Delete");
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
                .isEqualTo("Retain");
    }

    @Test
    void onASharedClaimEachInstanceHasADirectory() {
        String spec = "storage: {sharedClaimName: nfs}";
        assertThat(InstancesStatefulSet.build(Samples.blueprint(spec)).getSpec().getVolumeClaimTemplates())
                .isEmpty();
        assertThat(volume(template(spec), "data").getPersistentVolumeClaim().getClaimName())
                .isEqualTo("nfs");
        assertThat(postgres(spec).getVolumeMounts())
                .filteredOn(mount -> mount.getName().equals("data"))
                .extracting(VolumeMount::getSubPathExpr)
                .containsExactly("$(MATRIARCH_INSTANCE)");
    }

    @Test
    void kubernetesStartsAllPodsAndReplacesNone() {
        StatefulSet set = InstancesStatefulSet.build(Samples.blueprint(""));
        assertThat(set.getSpec().getPodManagementPolicy()).isEqualTo("Parallel");
        assertThat(set.getSpec().getUpdateStrategy().getType()).isEqualTo("OnDelete");
        assertThat(set.getSpec().getServiceName()).isEqualTo("orders-pods");
        assertThat(set.getSpec().getSelector().getMatchLabels())
                .as("what never changes")
                .containsOnlyKeys("postgres.matriarch.dev/cluster");
    }

    private static PodTemplateSpec template(String spec) {
        return InstancePod.template(Samples.blueprint(spec));
    }

    private static Container postgres(String spec) {
        return template(spec).getSpec().getContainers().get(0);
    }

    private static Volume volume(PodTemplateSpec template, String name) {
        return template.getSpec().getVolumes().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
