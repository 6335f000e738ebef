package dev.matriarch.observe;

import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Observation;
import dev.matriarch.objects.ConfigurationMap;
import dev.matriarch.objects.ObjectNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Instances that run on another configuration than the ConfigMap's, and what their supervisors say why. */
@ApplicationScoped
public class StaleConfigurations {

    private static final Set<String> STEPS = Set.of("configuration-refused", "configuration-taken-back");

    private final Reports reports;

    StaleConfigurations(Reports reports) {
        this.reports = reports;
    }

    /** One sentence per instance that has refused the configuration or taken it back. An instance that is about to take it is none of them. */
    public List<String> reasons(OwnObjects objects, Observation seen) {
        Optional<String> wanted = objects.configMap(ObjectNames.config(objects.name()))
                .map(ConfigMap::getData)
                .flatMap(ConfigurationMap::digest);
        if (wanted.isEmpty()) {
            return List.of();
        }
        return seen.instances().stream()
                .filter(each -> each.database().isPresent()
                        && !each.database().get().configuration().equals(wanted.get()))
                .map(each -> reason(each, objects))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<String> reason(Instance instance, OwnObjects objects) {
        return objects.find(Pod.class, instance.name())
                .flatMap(pod -> reports.last(pod, STEPS))
                .map(report -> instance.name() + " runs on its last configuration that worked. " + report.message());
    }
}
