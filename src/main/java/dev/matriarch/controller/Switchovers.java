package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.decide.Intent;
import dev.matriarch.decide.Names;
import dev.matriarch.decide.SwitchoverWish;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.SwitchoverTurn;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/** What is asked of a cluster by PgSwitchovers, and who should not lead because of its node. */
@ApplicationScoped
public class Switchovers {

    private static final Logger LOG = Logger.getLogger(Switchovers.class);

    private final KubernetesClient client;

    Switchovers(KubernetesClient client) {
        this.client = client;
    }

    /** The same wish, and who asks for another primary, if anybody does. */
    Intent asked(Intent intent, OwnObjects objects) {
        Collection<PgSwitchover> all = objects.context().getSecondaryResources(PgSwitchover.class);
        Optional<SwitchoverWish> wish = SwitchoverTurn.wish(objects.name(), all);
        boolean begun = objects.cluster().getStatus() != null
                && objects.cluster().getStatus().transition() != null;
        if (!begun && wish.isPresent() && !stillAsks(objects.cluster(), wish.get())) {
            wish = Optional.empty();
        }
        boolean anybody = wish.filter(each -> each.target().isEmpty()).isPresent() || wouldRemoveThePrimary(objects);
        return new Intent(
                intent.cluster(),
                intent.instances(),
                intent.required(),
                intent.hibernated(),
                intent.failover(),
                wish,
                !begun && anybody ? onCordonedNodes(objects) : Set.of());
    }

    private static boolean wouldRemoveThePrimary(OwnObjects objects) {
        PgCluster cluster = objects.cluster();
        return cluster.getStatus() != null
                && cluster.getStatus().primary() != null
                && Names.ordinal(cluster.getStatus().primary())
                        >= cluster.getSpec().instances();
    }

    /** Asked of the API server before anything begins: a cache that is late would begin one that has ended, or was taken back. */
    private boolean stillAsks(PgCluster cluster, SwitchoverWish wish) {
        try {
            PgSwitchover now = client.resources(PgSwitchover.class)
                    .inNamespace(cluster.getMetadata().getNamespace())
                    .withName(wish.request())
                    .get();
            return now != null
                    && now.getMetadata().getUid().equals(wish.uid())
                    && now.getMetadata().getDeletionTimestamp() == null
                    && !PgSwitchoverStatus.isFinished(now.getStatus());
        } catch (KubernetesClientException e) {
            LOG.debugf("Whether %s is still asked for is not known: %s", wish.request(), e.getMessage());
            return false;
        }
    }

    /** Where nodes may not be read, as with the permissions of one namespace, none is known to be cordoned. */
    private Set<String> onCordonedNodes(OwnObjects objects) {
        Set<String> names = new TreeSet<>();
        for (Pod pod : objects.pods()) {
            String node = pod.getSpec().getNodeName();
            if (node != null && isCordoned(node)) {
                names.add(pod.getMetadata().getName());
            }
        }
        return names;
    }

    private boolean isCordoned(String name) {
        try {
            Node node = client.nodes().withName(name).get();
            return node != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        } catch (KubernetesClientException e) {
            LOG.debugf("Node %s cannot be read: %s", name, e.getMessage());
            return false;
        }
    }
}
