package dev.matriarch.start;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Looks before anything starts whether the cluster has what the operator needs, and says in one line what is missing and in another what to do.
 *
 * <p>In a Pod the CRDs only, and whether it may work in the namespaces that it was told, with patience: they were applied a moment ago together with it, and
 * whoever restarts the control plane restarts operators too. Who installed it there gave the permissions with it, but a list of namespaces is easily changed alone.
 */
@ApplicationScoped
public class Preflight {

    private static final Logger LOG = Logger.getLogger(Preflight.class);

    private static final Permission PORT_FORWARD = new Permission(true, "", "pods/portforward", "get");

    /** How long something may be missing before it counts: the API server shows a CRD or a permission a moment after it was made. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration PATIENCE_IN_A_POD = Duration.ofSeconds(90);
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int FAILED = 1;

    private final Config config;
    private final KubernetesSerialization json;
    private final boolean elected;
    private final boolean enabled;
    private final String reach;
    private final Optional<String> namespaces;

    Preflight(
            Config config,
            KubernetesSerialization json,
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected,
            @ConfigProperty(name = "matriarch.preflight.enabled", defaultValue = "true") boolean enabled,
            @ConfigProperty(name = "matriarch.reach") String reach,
            @ConfigProperty(name = Namespaces.PROPERTY) Optional<String> namespaces) {
        this.config = config;
        this.json = json;
        this.elected = elected;
        this.enabled = enabled;
        this.reach = reach;
        this.namespaces = namespaces;
    }

    void check(@Observes @Priority(2) StartupEvent start) {
        if (!enabled) {
            return;
        }
        try (KubernetesClient client = client()) {
            List<String> names = Namespaces.parse(namespaces.orElse(""));
            Uni.createFrom()
                    .item(() -> look(client, names))
                    .onFailure(failure -> failure instanceof Refusal refusal && (elected || refusal.mayPass()))
                    .retry()
                    .withBackOff(PAUSE, PAUSE)
                    .expireIn((elected ? PATIENCE_IN_A_POD : PATIENCE).toMillis())
                    .await()
                    .indefinitely();
        } catch (RuntimeException e) {
            Refusal refusal = refusalIn(e).orElseThrow(() -> e);
            // Quarkus takes a bare one for the regular end of a program that has nothing to serve, and waits; as a
            // cause it prints what it says, and no trace.
            throw new IllegalStateException(new PreventFurtherStepsException(refusal.told(), FAILED));
        }
    }

    private KubernetesClient client() {
        try {
            return new KubernetesClientBuilder()
                    .withKubernetesSerialization(json)
                    .withConfig(new ConfigBuilder(config)
                            .withRequestRetryBackoffLimit(0)
                            .withConnectionTimeout(TIMEOUT_MILLIS)
                            .withRequestTimeout(TIMEOUT_MILLIS)
                            .build())
                    .build();
        } catch (KubernetesClientException e) {
            throw Unreachable.unusable(e);
        }
    }

    /** Patience that has ended wraps what it did not wait for any longer. */
    private static Optional<Refusal> refusalIn(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(Refusal.class::isInstance)
                .map(Refusal.class::cast)
                .findFirst();
    }

    private Void look(KubernetesClient client, List<String> names) {
        try {
            RequiredFields.check(client);
            if (elected) {
                Permission.checkRoles(client, names);
            } else {
                names.forEach(name -> seeNamespace(client, name));
                Permission.check(client, permissions(), names);
                warnOfPortForwards(client, names);
            }
            return null;
        } catch (KubernetesClientException e) {
            throw Unreachable.because(e, config);
        }
    }

    /** Whether they are needed is seen when there are Pods. */
    private void warnOfPortForwards(KubernetesClient client, List<String> names) {
        if (reach.equals("auto")
                && !Permission.missing(client, List.of(PORT_FORWARD), names).isEmpty()) {
            LOG.warn(
                    "This user may not use pods/portforward: instances are reached only if this machine has a route to the Pods. install/laptop.yaml has that permission");
        }
    }

    private List<Permission> permissions() {
        List<Permission> permissions = new ArrayList<>(
                Resources.lines(Permission.FILE).stream().map(Permission::parse).toList());
        if (reach.equals("port-forward")) {
            permissions.add(PORT_FORWARD);
        }
        return permissions;
    }

    private static void seeNamespace(KubernetesClient client, String name) {
        try {
            if (client.namespaces().withName(name).get() == null) {
                throw new Refusal(
                        "there is no namespace \"" + name + "\"",
                        "Correct the list of namespaces, or make it: kubectl create namespace " + name);
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != 403) { // who has rights in one namespace may not be allowed to look whether it exists
                throw e;
            }
        }
    }
}
