package dev.matriarch.apply;

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
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Sees to it that all objects of a cluster are as its blueprint says. */
@ApplicationScoped
public class OwnedObjects {

    private final Applier applier;
    private final PasswordKeeper passwords;
    private final Parameters parameters;
    private final PodAnnotator pods;
    private final Events events;

    OwnedObjects(Applier applier, PasswordKeeper passwords, Parameters parameters, PodAnnotator pods, Events events) {
        this.applier = applier;
        this.passwords = passwords;
        this.parameters = parameters;
        this.pods = pods;
        this.events = events;
    }

    /** Applies them, in an order in which Pods find what they mount. */
    public void keep(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        route(objects, blueprint, problems);
        apply(objects, ServiceAccount.class, InstancesServiceAccount.build(blueprint), problems);
        passwords.keepSecrets(objects, blueprint, problems);
        Parameters.Accepted accepted = parameters.accepted(objects, problems);
        ConfigMap configuration = ConfigurationMap.build(blueprint, accepted.parameters(), accepted.hba());
        apply(objects, ConfigMap.class, configuration, problems);
        pods.announceConfiguration(objects, Drift.digestOf(configuration));
        apply(objects, Service.class, PodsService.build(blueprint), problems);
        tellIfScaledElsewhere(objects, blueprint);
        apply(objects, StatefulSet.class, InstancesStatefulSet.build(blueprint), problems);
        apply(objects, Service.class, PrimaryService.build(blueprint), problems);
        apply(objects, Service.class, PrimaryNameService.build(blueprint), problems);
        apply(objects, Service.class, ReplicasService.build(blueprint), problems);
        budgets(objects, blueprint, problems);
    }

    /** Where writes are led: first of all, since clients wait for it. */
    private void route(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        apply(objects, EndpointSlice.class, PrimarySlice.build(blueprint), problems);
    }

    private void budgets(OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        if (blueprint.spec().instances() > 1) {
            apply(objects, PodDisruptionBudget.class, DisruptionBudgets.standbys(blueprint), problems);
            apply(objects, PodDisruptionBudget.class, DisruptionBudgets.primary(blueprint), problems);
        } else {
            applier.remove(objects, PodDisruptionBudget.class, blueprint.name());
            applier.remove(objects, PodDisruptionBudget.class, ObjectNames.primary(blueprint.name()));
        }
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

    private <T extends io.fabric8.kubernetes.api.model.HasMetadata> void apply(
            OwnObjects objects, Class<T> kind, T wanted, List<Problem> problems) {
        applier.apply(objects, kind, wanted).ifPresent(problems::add);
    }
}
