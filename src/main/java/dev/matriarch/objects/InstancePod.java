package dev.matriarch.objects;

import dev.matriarch.api.PodOptions;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The Pod of an instance: the stock image, with the supervisor as its first process. */
public final class InstancePod {

    /** Name of the container that PostgreSQL runs in. */
    public static final String CONTAINER = "postgres";

    /** Not below /var/lib/postgresql, where the image declares a volume of its own, at one place until 17 and at another from 18 on. */
    private static final String VOLUME_PATH = "/var/lib/matriarch";

    private static final String SUPERVISOR = "/etc/matriarch/supervisor.sh";
    private static final long POSTGRES_ID = 999;
    private static final int READ_ONLY_FOR_GROUP = 0440;

    private InstancePod() {}

    static PodTemplateSpec template(Blueprint blueprint) {
        PodOptions options = blueprint.spec().pod();
        Map<String, String> labels = new TreeMap<>(options.labels());
        labels.putAll(Labels.of(blueprint.name(), blueprint.spec().postgresql().version()));
        List<Container> containers = new ArrayList<>();
        containers.add(postgres(blueprint));
        containers.addAll(blueprint.extras().sidecars());
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(options.annotations().isEmpty() ? null : options.annotations())
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(blueprint.name())
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withSecurityContext(securityContext(blueprint.extras().securityContext()))
                .withTerminationGracePeriodSeconds(
                        options.terminationGracePeriodSeconds() == null
                                ? Long.valueOf(60)
                                : options.terminationGracePeriodSeconds())
                .withNodeSelector(options.nodeSelector().isEmpty() ? null : options.nodeSelector())
                .withAffinity(affinity(blueprint))
                .withTolerations(options.tolerations())
                .withTopologySpreadConstraints(blueprint.extras().topologySpreadConstraints())
                .withPriorityClassName(options.priorityClassName())
                .withImagePullSecrets(options.imagePullSecrets())
                .withContainers(containers)
                .withVolumes(volumes(blueprint))
                .endSpec()
                .build();
    }

    private static Container postgres(Blueprint blueprint) {
        ContainerBuilder container = new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(blueprint.image())
                .withCommand("/bin/sh", SUPERVISOR)
                .addNewEnv()
                .withName("MATRIARCH_INSTANCE")
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath("metadata.name")
                .endFieldRef()
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("MATRIARCH_CLUSTER")
                .withValue(blueprint.name())
                .endEnv()
                .addNewEnv()
                .withName("PGDATA")
                .withValue(VOLUME_PATH + "/pgdata")
                .endEnv()
                .addNewPort()
                .withName(Blueprint.PORT_NAME)
                .withContainerPort(Blueprint.PORT)
                .withProtocol("TCP")
                .endPort()
                .withResources(blueprint.extras().resources().orElse(null))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext();
        probes(container);
        container
                .addNewVolumeMount()
                .withName("matriarch")
                .withMountPath("/etc/matriarch")
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("run")
                .withMountPath("/var/run/postgresql")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("shm")
                .withMountPath("/dev/shm")
                .endVolumeMount();
        if (blueprint.sharesClaim()) {
            container
                    .addNewVolumeMount()
                    .withName("data")
                    .withMountPath(VOLUME_PATH)
                    .withSubPathExpr("$(MATRIARCH_INSTANCE)")
                    .endVolumeMount();
        } else {
            container
                    .addNewVolumeMount()
                    .withName("data")
                    .withMountPath(VOLUME_PATH)
                    .endVolumeMount();
        }
        return container.build();
    }

    /**
     * None of them ever ends an instance for being slow. Started and alive is the supervisor, which goes on while PostgreSQL recovers or is being
     * copied; it is asked seldom, because each such question costs a process. Ready is PostgreSQL's port, asked without one: who may be
     * routed to is decided by the operator's labels and slice.
     */
    private static void probes(ContainerBuilder container) {
        container
                .withNewStartupProbe()
                .withNewExec()
                .withCommand("/bin/sh", SUPERVISOR, "alive")
                .endExec()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(5)
                .withFailureThreshold(120)
                .endStartupProbe()
                .withNewLivenessProbe()
                .withNewExec()
                .withCommand("/bin/sh", SUPERVISOR, "alive")
                .endExec()
                .withPeriodSeconds(60)
                .withTimeoutSeconds(15)
                .withFailureThreshold(5)
                .endLivenessProbe()
                .withNewReadinessProbe()
                .withNewTcpSocket()
                .withNewPort(Blueprint.PORT_NAME)
                .endTcpSocket()
                .withPeriodSeconds(2)
                .withTimeoutSeconds(2)
                .withFailureThreshold(2)
                .endReadinessProbe();
    }

    private static List<Volume> volumes(Blueprint blueprint) {
        List<Volume> volumes = new ArrayList<>();
        // One volume for all, so that a change of the assignment brings a changed configuration along in half a second.
        volumes.add(new VolumeBuilder()
                .withName("matriarch")
                .withNewProjected()
                .withDefaultMode(READ_ONLY_FOR_GROUP)
                .addNewSource()
                .withNewConfigMap()
                .withName(ObjectNames.config(blueprint.name()))
                .endConfigMap()
                .endSource()
                .addNewSource()
                .withNewSecret()
                .withName(ObjectNames.internal(blueprint.name()))
                .endSecret()
                .endSource()
                .addNewSource()
                .withNewDownwardAPI()
                .addNewItem()
                .withPath("assignment")
                .withNewFieldRef()
                .withFieldPath("metadata.annotations['" + Labels.ASSIGNMENT + "']")
                .endFieldRef()
                .endItem()
                .endDownwardAPI()
                .endSource()
                .endProjected()
                .build());
        volumes.add(memory("run", "16Mi"));
        volumes.add(memory("shm", "1Gi"));
        volumes.add(new VolumeBuilder()
                .withName("tmp")
                .withNewEmptyDir()
                .withSizeLimit(new Quantity("1Gi"))
                .endEmptyDir()
                .build());
        if (blueprint.sharesClaim()) {
            volumes.add(new VolumeBuilder()
                    .withName("data")
                    .withNewPersistentVolumeClaim()
                    .withClaimName(blueprint.spec().storage().sharedClaimName())
                    .endPersistentVolumeClaim()
                    .build());
        }
        volumes.addAll(blueprint.extras().volumes());
        return volumes;
    }

    private static Volume memory(String name, String limit) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(new Quantity(limit))
                .endEmptyDir()
                .build();
    }

    private static PodSecurityContext securityContext(Optional<PodSecurityContext> wanted) {
        PodSecurityContextBuilder context =
                wanted.map(PodSecurityContextBuilder::new).orElseGet(PodSecurityContextBuilder::new);
        if (context.getRunAsUser() == null) {
            context.withRunAsUser(POSTGRES_ID);
        }
        if (context.getRunAsGroup() == null) {
            context.withRunAsGroup(POSTGRES_ID);
        }
        if (context.getFsGroup() == null) {
            context.withFsGroup(POSTGRES_ID);
        }
        if (context.getFsGroupChangePolicy() == null) {
            context.withFsGroupChangePolicy("OnRootMismatch");
        }
        if (context.buildSeccompProfile() == null) {
            context.withNewSeccompProfile().withType("RuntimeDefault").endSeccompProfile();
        }
        return context.withRunAsNonRoot(true).build();
    }

    private static Affinity affinity(Blueprint blueprint) {
        if (blueprint.extras().affinity().isPresent()) {
            return blueprint.extras().affinity().get();
        }
        return new AffinityBuilder()
                .withNewPodAntiAffinity()
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(100)
                .withNewPodAffinityTerm()
                .withTopologyKey("kubernetes.io/hostname")
                .withNewLabelSelector()
                .withMatchLabels(Labels.selector(blueprint.name()))
                .endLabelSelector()
                .endPodAffinityTerm()
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .build();
    }
}
