package dev.matriarch.apply;

import dev.matriarch.api.Bootstrap;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.ConfigurationMap;
import dev.matriarch.objects.DisruptionBudgets;
import dev.matriarch.objects.InstancesServiceAccount;
import dev.matriarch.objects.InstancesStatefulSet;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.objects.PodsService;
import dev.matriarch.objects.PrimaryNameService;
import dev.matriarch.objects.PrimaryService;
import dev.matriarch.objects.PrimarySlice;
import dev.matriarch.objects.ReplicasService;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.observe.StaleConfigurations;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sees to it that all objects of a cluster are as its blueprint says. */
@ApplicationScoped
public class OwnedObjects {

    private final Applier applier;
    private final PasswordKeeper passwords;
    private final Parameters parameters;
    private final PodAnnotator pods;
    private final Events events;
    private final Map<ResourceID, Seen> inOrder = new ConcurrentHashMap<>();

    /** Where writes were led last, as it was told: the cache may be behind that for a moment. */
    private final Map<ResourceID, Optional<String>> routed = new ConcurrentHashMap<>();

    /** All that the objects are made from, and their versions. */
    private record Seen(
            String uid,
            Long generation,
            Bootstrap bootstrap,
            String image,
            int replicas,
            Optional<String> route,
            Set<String> versions) {
        static Seen of(OwnObjects objects, Blueprint blueprint) {
            return new Seen(
                    blueprint.cluster().getMetadata().getUid(),
                    blueprint.cluster().getMetadata().getGeneration(),
                    blueprint.spec().bootstrap(),
                    blueprint.image(),
                    blueprint.replicas(),
                    blueprint.route(),
                    objects.versions());
        }
    }

    OwnedObjects(Applier applier, PasswordKeeper passwords, Parameters parameters, PodAnnotator pods, Events events) {
        this.applier = applier;
        this.passwords = passwords;
        this.parameters = parameters;
        this.pods = pods;
        this.events = events;
    }

    /**
     * Sees to all of them, unless nothing has changed since the cache had every one of them as it must be.
     *
     * @return the digest of the configuration that the ConfigMap has now, of which the cache may not know yet; empty when there is none
     */
    public Optional<String> keep(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        ResourceID id = ResourceID.fromResource(blueprint.cluster());
        Seen now = Seen.of(objects, blueprint);
        if (now.equals(inOrder.get(id))) {
            return StaleConfigurations.wanted(objects);
        }
        inOrder.remove(id);
        List<Problem> found = new ArrayList<>();
        Kept kept = keepAll(objects, blueprint, found);
        if (kept.known() && found.isEmpty()) {
            inOrder.put(id, now);
        }
        problems.addAll(found);
        return kept.configuration();
    }

    /**
     * Sees only to where writes are led.
     *
     * @return whether the cache had it as it must be
     */
    public boolean keepRoute(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        int before = problems.size();
        // The cache may have what is applied here before the answer is read, and then nothing would look changed.
        Optional<String> led = objects.route();
        boolean known = applier.apply(objects, EndpointSlice.class, PrimarySlice.build(blueprint), problems);
        if (problems.size() == before) {
            tellIfRouted(objects, led, blueprint.route());
        }
        return known;
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        inOrder.remove(cluster);
        routed.remove(cluster);
    }

    /**
     * @param known whether the cache had them all
     * @param configuration the digest of the configuration that the ConfigMap has now
     */
    private record Kept(boolean known, Optional<String> configuration) {}

    /** Applies them, in an order in which Pods find what they mount. */
    private Kept keepAll(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        // Where writes are led comes first: clients wait for it.
        boolean known = keepRoute(objects, blueprint, problems);
        known &= applier.apply(objects, ServiceAccount.class, InstancesServiceAccount.build(blueprint), problems);
        known &= passwords.keepSecrets(objects, blueprint, problems);
        Parameters.Accepted accepted = parameters.accepted(objects, problems);
        ConfigMap configuration = ConfigurationMap.build(blueprint, accepted.parameters(), accepted.hba());
        int before = problems.size();
        known &= applier.apply(objects, ConfigMap.class, configuration, problems);
        Optional<String> digest = problems.size() == before
                ? ConfigurationMap.digest(configuration.getData())
                : StaleConfigurations.wanted(objects);
        pods.announceConfiguration(objects, Drift.digestOf(configuration));
        known &= applier.apply(objects, Service.class, PodsService.build(blueprint), problems);
        tellIfScaledElsewhere(objects, blueprint);
        if (objects.statefulSet().isPresent() || !mountsForeign(objects, problems)) {
            known &= applier.apply(objects, StatefulSet.class, InstancesStatefulSet.build(blueprint), problems);
        }
        known &= applier.apply(objects, Service.class, PrimaryService.build(blueprint), problems);
        known &= applier.apply(objects, Service.class, PrimaryNameService.build(blueprint), problems);
        known &= applier.apply(objects, Service.class, ReplicasService.build(blueprint), problems);
        known &= budgets(objects, blueprint, problems);
        return new Kept(known, digest);
    }

    /** Whether new Pods would run what somebody else has written. */
    static boolean mountsForeign(OwnObjects objects, List<Problem> problems) {
        Set<String> mounted = Set.of(
                "Secret " + ObjectNames.internal(objects.name()), "ConfigMap " + ObjectNames.config(objects.name()));
        return problems.stream().anyMatch(problem -> mounted.contains(problem.field()));
    }

    private boolean budgets(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        return blueprint.spec().instances() > 1
                ? applier.apply(objects, PodDisruptionBudget.class, DisruptionBudgets.standbys(blueprint), problems)
                        & applier.apply(
                                objects, PodDisruptionBudget.class, DisruptionBudgets.primary(blueprint), problems)
                : applier.remove(objects, PodDisruptionBudget.class, blueprint.name())
                        & applier.remove(objects, PodDisruptionBudget.class, ObjectNames.primary(blueprint.name()));
    }

    private void tellIfRouted(OwnObjects objects, Optional<String> led, Optional<String> route) {
        Optional<String> told = routed.put(ResourceID.fromResource(objects.cluster()), route);
        if (!route.equals(told) && !route.equals(led)) {
            String service = ObjectNames.primary(objects.name());
            events.tell(
                    objects.cluster(),
                    EventReason.Routed,
                    service + " leads to "
                            + route.map(address -> instanceAt(objects, address) + ", " + address)
                                    .orElse("nobody") + ".");
        }
    }

    private static String instanceAt(OwnObjects objects, String address) {
        return objects.pods().stream()
                .filter(pod -> pod.getStatus() != null
                        && address.equals(pod.getStatus().getPodIP()))
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElse("a Pod that is gone");
    }

    private void tellIfScaledElsewhere(OwnObjects objects, Blueprint blueprint) {
        objects.statefulSet()
                .filter(set -> set.getSpec().getReplicas() != blueprint.replicas())
                .filter(set -> set.getMetadata().getManagedFields() != null
                        && set.getMetadata().getManagedFields().stream()
                                .anyMatch(field -> "scale".equals(field.getSubresource())))
                .ifPresent(set -> events.tell(
                        objects.cluster(),
                        EventReason.ScaledElsewhere,
                        "StatefulSet " + blueprint.name() + " was scaled to "
                                + set.getSpec().getReplicas()
                                + " and is put back. Use: kubectl scale pgcluster/" + blueprint.name() + " --replicas="
                                + set.getSpec().getReplicas()));
    }
}
