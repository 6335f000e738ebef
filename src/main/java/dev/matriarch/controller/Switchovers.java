package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import dev.matriarch.decide.Intent;
import dev.matriarch.decide.Names;
import dev.matriarch.decide.SwitchoverWish;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.SwitchoverTurn;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/** What is asked of a cluster by PgSwitchovers, and who should not lead because of its node. */
@ApplicationScoped
public class Switchovers {

    private static final Logger LOG = Logger.getLogger(Switchovers.class);

    private final KubernetesClient client;
    private final Cordons cordons;

    Switchovers(KubernetesClient client, Cordons cordons) {
        this.client = client;
        this.cordons = cordons;
    }

    /** The same wish, and who asks for another primary, if anybody does. */
    Intent asked(Intent intent, OwnObjects objects) {
        List<SwitchoverWish> wishes =
                SwitchoverTurn.wishes(objects.name(), objects.context().getSecondaryResources(PgSwitchover.class));
        boolean begun = objects.cluster().getStatus() != null
                && objects.cluster().getStatus().transition() != null;
        if (!begun && !wishes.isEmpty() && !stillAsks(objects.cluster(), wishes.get(0))) {
            wishes = List.of();
        }
        Optional<String> chosenFor =
                begun ? Optional.empty() : chosenFor(wishes.stream().findFirst(), objects);
        return intent.asking(
                wishes, chosenFor.map(uid -> onCordonedNodes(uid, objects)).orElseGet(() -> {
                    cordons.forget(ResourceID.fromResource(objects.cluster()));
                    return Set.of();
                }));
    }

    /** The identity of the request for which whoever is best is chosen, empty for the operator's own; nothing: nobody is. */
    private static Optional<String> chosenFor(Optional<SwitchoverWish> next, OwnObjects objects) {
        return next.filter(each -> each.target().isEmpty())
                .map(SwitchoverWish::uid)
                .or(() -> wouldRemoveThePrimary(objects) ? Optional.of("") : Optional.empty());
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

    private Set<String> onCordonedNodes(String request, OwnObjects objects) {
        Set<String> names = new TreeSet<>();
        for (Pod pod : objects.pods()) {
            String node = pod.getSpec().getNodeName();
            if (node != null && cordons.has(ResourceID.fromResource(objects.cluster()), request, node)) {
                names.add(pod.getMetadata().getName());
            }
        }
        return names;
    }
}
