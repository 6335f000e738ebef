package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Notices that another operator looks after a PgCluster too.
 *
 * <p>Each writes its name into the statuses that it writes, and writes it once, for its own sake, when it begins. So an operator that finds the name of another where its own
 * was is not alone: what it sees was written after it, and it still acts. No permission is needed for that, and nothing is written again and again. The replicas
 * of one Deployment have one name: they take turns.
 */
@ApplicationScoped
public class Operators {

    /** How long an Event is kept, by default: as long as there are two of them, people are told. */
    private static final Duration TOLD = Duration.ofHours(1);

    private final String own;
    private final Set<ResourceID> named = ConcurrentHashMap.newKeySet();
    private final Map<ResourceID, Told> told = new ConcurrentHashMap<>();

    private record Told(String other, Instant at) {}

    @Inject
    Operators(
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected,
            @ConfigProperty(name = "matriarch.leader-election.namespace", defaultValue = "matriarch")
                    String namespace) {
        this(elected ? namespace : laptop());
    }

    Operators(String own) {
        this.own = own;
    }

    /** The name of this one: its namespace, or host and process where nobody is elected. */
    String own() {
        return own;
    }

    /** Whether its name is still to be written. */
    boolean isToBeNamed(PgCluster known) {
        return !named.contains(ResourceID.fromResource(known)) && !own.equals(nameIn(known));
    }

    /** Remembers that its name was written. */
    void named(ResourceID cluster) {
        named.add(cluster);
    }

    /**
     * Looks at who wrote a status last.
     *
     * @param newest the newest form that is known
     * @return what people are to be told, if somebody else wrote after this one
     */
    public Optional<String> other(PgCluster newest, Instant now) {
        ResourceID id = ResourceID.fromResource(newest);
        String name = nameIn(newest);
        if (own.equals(name)) {
            named(id);
            return Optional.empty();
        }
        if (name == null || !named.contains(id)) {
            return Optional.empty();
        }
        Told before = told.get(id);
        if (before != null
                && before.other().equals(name)
                && before.at().plus(TOLD).isAfter(now)) {
            return Optional.empty();
        }
        told.put(id, new Told(name, now));
        return Optional.of(
                "Two operators look after this PgCluster: " + words(own) + ", and " + words(name)
                        + ". They do everything twice, and undo each other's work where they differ. End one of them, or give each namespaces of its own (matriarch.namespaces).");
    }

    /** Forgets a cluster that is gone, or begins anew. */
    public void forget(ResourceID cluster) {
        named.remove(cluster);
        told.remove(cluster);
    }

    private static String nameIn(PgCluster cluster) {
        PgClusterStatus status = cluster.getStatus();
        return status == null ? null : status.operator();
    }

    private static String words(String name) {
        return name.contains("/") ? "one that runs as process " + name : "the one in the namespace " + name;
    }

    /** No namespace has a slash in its name. */
    private static String laptop() {
        String host = System.getenv("HOSTNAME");
        return (host == null || host.isBlank() ? "localhost" : host) + "/"
                + ProcessHandle.current().pid();
    }
}
