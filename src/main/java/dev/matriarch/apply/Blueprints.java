package dev.matriarch.apply;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterSpec;
import dev.matriarch.api.Postgresql;
import dev.matriarch.api.Storage;
import dev.matriarch.decide.Plan;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.PodExtras;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a spec into a blueprint. What cannot be done to a living cluster is a problem, and stays as it is. */
@ApplicationScoped
public class Blueprints {

    private static final Pattern TAG_MAJOR = Pattern.compile(".*/?[^/:]+:([0-9]{2})([.-].*)?");

    private final Images images;
    private final KubernetesSerialization json;

    @Inject
    Blueprints(Images images, KubernetesClient client) {
        this(images, client.getKubernetesSerialization());
    }

    Blueprints(Images images, KubernetesSerialization json) {
        this.images = images;
        this.json = json;
    }

    /** The blueprint; empty when there is no image to run, or no Pod template for a new cluster. */
    public Optional<Blueprint> of(OwnObjects objects, Plan plan, List<Problem> problems) {
        return of(objects.cluster(), objects.statefulSet(), plan, problems);
    }

    Optional<Blueprint> of(PgCluster cluster, Optional<StatefulSet> present, Plan plan, List<Problem> problems) {
        Optional<String> image = image(cluster, present, problems);
        if (image.isEmpty()) {
            return Optional.empty();
        }
        present.ifPresent(set -> keepSize(cluster, set, problems));
        return extras(cluster, present, problems)
                .map(extras -> new Blueprint(cluster, image.get(), plan.replicas(), plan.route(), extras));
    }

    private Optional<PodExtras> extras(PgCluster cluster, Optional<StatefulSet> present, List<Problem> problems) {
        try {
            return Optional.of(PodExtras.of(cluster.getSpec().pod(), json));
        } catch (PodExtras.RefusedException e) {
            problems.add(new Problem(e.field(), e.getMessage()));
            return present.map(set -> PodExtras.of(set.getSpec().getTemplate().getSpec()));
        }
    }

    private Optional<String> image(PgCluster cluster, Optional<StatefulSet> present, List<Problem> problems) {
        Postgresql wanted = cluster.getSpec().postgresql();
        Optional<String> running = present.map(set ->
                set.getSpec().getTemplate().getSpec().getContainers().get(0).getImage());
        Optional<String> image = images.of(wanted);
        if (image.isEmpty()) {
            problems.add(new Problem(
                    "spec.postgresql.version",
                    "this operator has no image for version " + wanted.version() + "; it has "
                            + images.byMajor().keySet().stream().sorted().toList()
                            + ", or set spec.postgresql.image."));
            return running;
        }
        Matcher tag = TAG_MAJOR.matcher(image.get());
        if (tag.matches() && Integer.parseInt(tag.group(1)) != wanted.version()) {
            problems.add(new Problem(
                    "spec.postgresql.image",
                    image.get() + " is not of version " + wanted.version() + "; set spec.postgresql.version to "
                            + tag.group(1) + ", or take another image."));
            return running;
        }
        String says = cluster.getStatus() == null ? null : cluster.getStatus().postgresVersion();
        if (says != null && Integer.parseInt(says.split("[^0-9]")[0]) != wanted.version()) {
            problems.add(new Problem(
                    "spec.postgresql.version",
                    "the cluster runs " + says + " and a major upgrade is not built yet; set it to "
                            + says.split("[^0-9]")[0] + "."));
            return running;
        }
        return image;
    }

    /** The size of a StatefulSet's claims cannot be changed: until growth is built it stays what it was. */
    private static void keepSize(PgCluster cluster, StatefulSet set, List<Problem> problems) {
        if (set.getSpec().getVolumeClaimTemplates() == null
                || set.getSpec().getVolumeClaimTemplates().isEmpty()) {
            return;
        }
        Quantity has = set.getSpec()
                .getVolumeClaimTemplates()
                .get(0)
                .getSpec()
                .getResources()
                .getRequests()
                .get("storage");
        Storage storage = cluster.getSpec().storage();
        if (Quantity.getAmountInBytes(has).compareTo(Quantity.getAmountInBytes(new Quantity(storage.size()))) == 0) {
            return;
        }
        problems.add(
                new Problem(
                        "spec.storage.size",
                        "the volumes have " + has
                                + " and growing them is not built yet; they stay as they are, and the cluster runs on, until a release that grows them."));
        PgClusterSpec spec = cluster.getSpec();
        cluster.setSpec(new PgClusterSpec(
                spec.instances(),
                spec.hibernated(),
                spec.paused(),
                spec.postgresql(),
                spec.bootstrap(),
                new Storage(
                        has.toString(),
                        storage.storageClassName(),
                        storage.accessModes(),
                        storage.retention(),
                        storage.sharedClaimName()),
                spec.replication(),
                spec.failover(),
                spec.secrets(),
                spec.services(),
                spec.pod()));
    }
}
