package dev.matriarch.objects;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.matriarch.api.PodOptions;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What {@code spec.pod} says in the words of a Pod that have no schema in the CRD, where the API server therefore takes anything, or, as the quantities of resources, had a laxer
 * one when the object was stored. They are read cluster by cluster: an object that could not be read as a whole would end the informer, and with it the operator of all clusters.
 *
 * @param resources of the container of PostgreSQL
 * @param affinity instead of the one that instances have towards each other
 * @param securityContext over the restricted one
 * @param topologySpreadConstraints added to the Pods
 * @param volumes added to the Pods
 * @param sidecars containers added to the Pods
 */
public record PodExtras(
        Optional<ResourceRequirements> resources,
        Optional<Affinity> affinity,
        Optional<PodSecurityContext> securityContext,
        List<TopologySpreadConstraint> topologySpreadConstraints,
        List<Volume> volumes,
        List<Container> sidecars) {

    private static final Set<String> OWN_VOLUMES = Set.of("data", "matriarch", "run", "shm", "tmp");

    private static final String RESOURCES = "spec.pod.resources";
    private static final Pattern QUANTITY = Pattern.compile(PodOptions.QUANTITY);

    /** Something that is not what a Pod has there; the field by its path from {@code spec}. */
    public static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1;

        private final String field;

        private RefusedException(String field, String message) {
            super(message);
            this.field = field;
        }

        public String field() {
            return field;
        }
    }

    /** None. */
    public static PodExtras none() {
        return new PodExtras(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());
    }

    /**
     * Reads them.
     *
     * @throws RefusedException when one of them is not what a Pod has there, or takes a name that is taken
     */
    public static PodExtras of(PodOptions options, KubernetesSerialization json) throws RefusedException {
        List<Volume> volumes = all(options.volumes(), Volume.class, "spec.pod.volumes", json);
        named("spec.pod.volumes", volumes, Volume::getName, OWN_VOLUMES);
        List<Container> sidecars = all(options.sidecars(), Container.class, "spec.pod.sidecars", json);
        named("spec.pod.sidecars", sidecars, Container::getName, Set.of(InstancePod.CONTAINER));
        quantities(options.resources());
        return new PodExtras(
                one(options.resources(), ResourceRequirements.class, RESOURCES, json),
                one(options.affinity(), Affinity.class, "spec.pod.affinity", json),
                one(options.securityContext(), PodSecurityContext.class, "spec.pod.securityContext", json),
                all(
                        options.topologySpreadConstraints(),
                        TopologySpreadConstraint.class,
                        "spec.pod.topologySpreadConstraints",
                        json),
                volumes,
                sidecars);
    }

    /** Those that a running Pod template has. */
    public static PodExtras of(PodSpec running) {
        return new PodExtras(
                running.getContainers().stream()
                        .filter(each -> InstancePod.CONTAINER.equals(each.getName()))
                        .findFirst()
                        .map(Container::getResources),
                Optional.ofNullable(running.getAffinity()),
                Optional.ofNullable(running.getSecurityContext()),
                running.getTopologySpreadConstraints(),
                running.getVolumes().stream()
                        .filter(each -> !OWN_VOLUMES.contains(each.getName()))
                        .toList(),
                running.getContainers().stream()
                        .filter(each -> !InstancePod.CONTAINER.equals(each.getName()))
                        .toList());
    }

    private static void quantities(JsonNode resources) throws RefusedException {
        if (resources == null) {
            return;
        }
        for (String part : List.of("limits", "requests")) {
            for (Map.Entry<String, JsonNode> each : resources.path(part).properties()) {
                if (!QUANTITY.matcher(each.getValue().asText()).matches()) {
                    throw new RefusedException(
                            RESOURCES + "." + part + "." + each.getKey(),
                            each.getValue() + " is not a quantity; write it like 500m or 2Gi, or leave it out.");
                }
            }
        }
    }

    private static <T> Optional<T> one(JsonNode said, Class<T> type, String field, KubernetesSerialization json)
            throws RefusedException {
        if (said == null || said.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(json.convertValue(said, type));
        } catch (IllegalArgumentException e) {
            throw refused(field, e);
        }
    }

    private static <T> List<T> all(List<JsonNode> said, Class<T> type, String field, KubernetesSerialization json)
            throws RefusedException {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            one(said.get(i), type, field + "[" + i + "]", json).ifPresent(all::add);
        }
        return List.copyOf(all);
    }

    private static <T> void named(String field, List<T> all, Function<T, String> name, Set<String> own)
            throws RefusedException {
        Set<String> taken = new HashSet<>();
        for (T each : all) {
            String its = name.apply(each);
            if (its == null || its.isEmpty()) {
                throw new RefusedException(field + "[" + taken.size() + "].name", "it has none; give it one.");
            }
            if (own.contains(its)) {
                throw new RefusedException(field, "the name " + its + " is the operator's own; take another.");
            }
            if (!taken.add(its)) {
                throw new RefusedException(field, "the name " + its + " is there twice; take another.");
            }
        }
    }

    private static RefusedException refused(String field, IllegalArgumentException e) {
        if (!(e.getCause() instanceof JsonMappingException mapping)) {
            return new RefusedException(field, "this is not what a Pod has there: " + e.getMessage() + ".");
        }
        StringBuilder path = new StringBuilder(field);
        mapping.getPath()
                .forEach(step -> path.append(
                        step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName()));
        String said = mapping.getOriginalMessage().lines().findFirst().orElse("");
        return new RefusedException(path.toString(), "this is not what a Pod has there: " + said + ".");
    }
}
