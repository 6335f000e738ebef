package dev.matriarch.apply;

import dev.matriarch.api.PgCluster;
import dev.matriarch.objects.Labels;
import dev.matriarch.observe.LruMap;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.Problem;
import dev.matriarch.status.Requests;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a Kubernetes object by server-side apply, when and only when it is not as it must be. */
@ApplicationScoped
public class Applier {

    /** Bad request, forbidden, invalid. */
    private static final Set<Integer> REFUSALS = Set.of(400, 403, 422);

    /** What the API server says, with status 500, of a field that the kind has not, and of two elements of one name. */
    private static final String NOT_TYPED = "failed to create typed patch object";

    private static final Pattern TEMPLATE = Pattern.compile("spec\\.template\\.[a-zA-Z.\\[\\]0-9]+");

    private static final int REMEMBERED = 20_000;

    /** A version of an object that was found to be as the digest says. */
    private record Compared(String resourceVersion, String digest) {}

    private final LruMap<Compared> compared = new LruMap<>(REMEMBERED);

    /** What cannot become possible without a change of ours: the client would try each of them for a long time. */
    private final LruMap<Problem> untyped = new LruMap<>(REMEMBERED);

    /** What was applied last, and upon which version in the cache: as long as the cache shows that one it is late, and says nothing. */
    private final LruMap<Compared> appliedUpon = new LruMap<>(REMEMBERED);

    private final KubernetesClient client;
    private final Events events;

    Applier(KubernetesClient client, Events events) {
        this.client = Requests.soon(client);
        this.events = events;
    }

    /**
     * Sees to it that an object is as wanted.
     *
     * @param problems gets one when an object of somebody else has the name, which is left alone, or when the API server refuses ours
     * @return whether the cache had it as wanted, so that there is nothing to look at again until the cache changes
     */
    public <T extends HasMetadata> boolean apply(OwnObjects objects, Class<T> kind, T wanted, List<Problem> problems) {
        Optional<T> cached = objects.find(kind, wanted.getMetadata().getName());
        Drift.sign(wanted, client.getKubernetesSerialization());
        Optional<Compared> late = cached.flatMap(this::appliedUpon);
        if (late.isPresent() && late.get().digest().equals(Drift.digestOf(wanted))) {
            return false;
        }
        if (late.isEmpty()
                && cached.isPresent()
                && isOurs(cached.get(), objects.cluster())
                && isAsWanted(cached.get(), wanted)) {
            return true;
        }
        T present = cached.orElseGet(() -> client.resource(wanted).get());
        if (present != null && !isOurs(present, objects.cluster())) {
            problems.add(foreign(present));
            return false;
        }
        if (late.isEmpty()
                && present != null
                && !Drift.isBetween(present, wanted, client.getKubernetesSerialization())) {
            return false; // the cache is behind
        }
        String attempt = objects.cluster().getMetadata().getUid() + " " + Drift.digestOf(wanted);
        Optional<Problem> impossible = untyped.get(attempt);
        if (impossible.isPresent()) {
            problems.add(impossible.get());
            return false;
        }
        boolean changed = present != null && differsByHand(present, wanted);
        T applied;
        try {
            applied = client.resource(wanted)
                    .fieldManager(Labels.MATRIARCH)
                    .forceConflicts()
                    .serverSideApply();
        } catch (KubernetesClientException e) {
            if (EndingNamespace.isReasonOf(e)) {
                throw e;
            }
            boolean isUntyped = said(e).contains(NOT_TYPED);
            if (!isUntyped && !REFUSALS.contains(e.getCode())) {
                throw e;
            }
            Problem problem = refused(wanted, said(e));
            if (isUntyped) {
                untyped.put(attempt, problem);
            }
            problems.add(problem);
            return false;
        }
        String version = applied.getMetadata().getResourceVersion();
        cached.map(HasMetadata::getMetadata)
                .filter(seen -> !seen.getResourceVersion().equals(version))
                .ifPresent(seen -> appliedUpon.put(
                        seen.getUid(), new Compared(seen.getResourceVersion(), Drift.digestOf(wanted))));
        if (present == null) {
            events.tell(objects.cluster(), EventReason.Created, what(wanted) + " was made.");
        } else if (version.equals(present.getMetadata().getResourceVersion())) {
            // What we write explicitly and the API server leaves out, or an admission webhook takes back: no write will
            // change that.
            compared.put(present.getMetadata().getUid(), new Compared(version, Drift.digestOf(wanted)));
        } else if (changed) {
            events.tell(objects.cluster(), EventReason.Restored, what(wanted) + " had been changed and was put right.");
        }
        return false;
    }

    private Optional<Compared> appliedUpon(HasMetadata cached) {
        return appliedUpon.get(cached.getMetadata().getUid()).filter(last -> last.resourceVersion()
                .equals(cached.getMetadata().getResourceVersion()));
    }

    /** Comparing costs more than all the rest of an idle round, so a version that was once found to be as wanted is not compared again. */
    private boolean isAsWanted(HasMetadata present, HasMetadata wanted) {
        Compared now = new Compared(present.getMetadata().getResourceVersion(), Drift.digestOf(wanted));
        if (compared.get(present.getMetadata().getUid()).filter(now::equals).isPresent()) {
            return true;
        }
        if (Drift.isBetween(present, wanted, client.getKubernetesSerialization())) {
            return false;
        }
        compared.put(present.getMetadata().getUid(), now);
        return true;
    }

    /**
     * Deletes an object of ours that is no longer wanted.
     *
     * @return whether there was none
     */
    public <T extends HasMetadata> boolean remove(OwnObjects objects, Class<T> kind, String name) {
        Optional<T> ours = objects.find(kind, name)
                .filter(present -> isOurs(present, objects.cluster()))
                .filter(present -> present.getMetadata().getDeletionTimestamp() == null);
        ours.ifPresent(present -> client.resource(present).delete());
        return ours.isEmpty();
    }

    /** An object whose digest is the one that we would write was changed by somebody else, not by a new spec. */
    private static boolean differsByHand(HasMetadata present, HasMetadata wanted) {
        return present.getMetadata().getAnnotations() != null
                && wanted.getMetadata()
                        .getAnnotations()
                        .get(Drift.DIGEST)
                        .equals(present.getMetadata().getAnnotations().get(Drift.DIGEST));
    }

    /** Ours is what this cluster owns, or what bears its label and has no owner: that was kept from an earlier cluster of the name. */
    static boolean isOurs(HasMetadata object, PgCluster cluster) {
        List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
        Optional<OwnerReference> controller = owners == null
                ? Optional.empty()
                : owners.stream()
                        .filter(each -> Boolean.TRUE.equals(each.getController()))
                        .findFirst();
        if (controller.isPresent()) {
            return controller.get().getUid().equals(cluster.getMetadata().getUid());
        }
        return object.getMetadata().getLabels() != null
                && cluster.getMetadata()
                        .getName()
                        .equals(object.getMetadata().getLabels().get(Labels.CLUSTER));
    }

    /** What is told of an object of somebody else. */
    static Problem foreign(HasMetadata present) {
        String owner = present.getMetadata().getOwnerReferences() == null
                        || present.getMetadata().getOwnerReferences().isEmpty()
                ? "has no owner"
                : "belongs to "
                        + present.getMetadata().getOwnerReferences().get(0).getKind() + " "
                        + present.getMetadata().getOwnerReferences().get(0).getName();
        return new Problem(
                what(present),
                "exists already and " + owner
                        + "; it is left alone. Delete or rename it, or give the PgCluster another name.");
    }

    /** Kubernetes names the field of our object; the user knows that of the PgCluster which it came from. */
    static Problem refused(HasMetadata wanted, String said) {
        Matcher place = TEMPLATE.matcher(said);
        if (!"StatefulSet".equals(wanted.getKind()) || !place.find()) {
            return new Problem(what(wanted), "the API server refuses it: " + said);
        }
        boolean resources = place.group().contains("containers[0].resources");
        return new Problem(
                resources ? "spec.pod.resources" : "spec.pod",
                "the API server refuses " + what(wanted) + " with this: " + said.substring(place.start())
                        + (said.contains("less than or equal to") ? ". Lower the request or raise the limit." : ""));
    }

    private static String said(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getMessage() == null
                ? e.getMessage()
                : e.getStatus().getMessage();
    }

    private static String what(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
