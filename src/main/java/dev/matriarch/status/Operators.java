package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Notices that another operator looks after a PgCluster too.
 *
 * <p>Each writes its name into the statuses that it writes, and writes one for that alone when it begins. Who finds the name of another where its own was writes its own
 * again: that other may have ended, and this one may have slept. If it is overwritten a second time, both act, and people are told. Then it leaves the other's name for
 * an hour. So two operators cost a few writes an hour, and one costs none. No permission is needed for that. The replicas of one Deployment have one name: they take turns.
 */
@ApplicationScoped
public class Operators {

    /** How long an Event is kept, by default: as long as there are two of them, people are told. */
    private static final Duration PERIOD = Duration.ofHours(1);

    private final String own;
    private final Clock clock;
    private final Map<ResourceID, Written> written = new ConcurrentHashMap<>();

    /**
     * What became of its name in a status.
     *
     * @param version the resourceVersion of the newest form that bore it; whatever is older tells nothing
     * @param overwritten how often another has written over it since then
     * @param since when that began
     */
    private record Written(long version, int overwritten, Instant since) {}

    @Inject
    Operators(
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected,
            @ConfigProperty(name = "matriarch.leader-election.namespace", defaultValue = "matriarch") String namespace,
            Clock clock) {
        this(elected ? namespace : laptop(), clock);
    }

    Operators(String own, Clock clock) {
        this.own = own;
        this.clock = clock;
    }

    /** The name of this one: its namespace, or host and process where nobody is elected. */
    String own() {
        return own;
    }

    /** Whether a status is to be written for its name alone. */
    boolean isToBeNamed(PgCluster known) {
        if (own.equals(nameIn(known))) {
            return false;
        }
        Written before = written.get(ResourceID.fromResource(known));
        return before == null || before.overwritten() == 1 || before.overwritten() > 1 && isOver(before);
    }

    /** Remembers that its name is in the status. */
    void named(PgCluster stored) {
        written.compute(
                ResourceID.fromResource(stored),
                (id, before) -> before == null || before.overwritten() > 1
                        ? new Written(StatusWriter.version(stored), 0, clock.instant())
                        : new Written(StatusWriter.version(stored), before.overwritten(), before.since()));
    }

    /**
     * Looks at who wrote a status last.
     *
     * @param newest the newest form that is known
     * @return what people are to be told, if another and this one have written over each other
     */
    public Optional<String> other(PgCluster newest) {
        ResourceID id = ResourceID.fromResource(newest);
        String name = nameIn(newest);
        Written before = written.get(id);
        if (before == null || name == null || name.equals(own) || StatusWriter.version(newest) <= before.version()) {
            return Optional.empty();
        }
        if (before.overwritten() > 1) {
            return Optional.empty(); // told
        }
        int times = isOver(before) ? 1 : before.overwritten() + 1;
        written.put(
                id, new Written(StatusWriter.version(newest), times, times == 1 ? clock.instant() : before.since()));
        return times == 1
                ? Optional.empty()
                : Optional.of(
                        "Two operators look after this PgCluster: " + words(own) + ", and " + words(name)
                                + ". They do everything twice, and undo each other's work where they differ. End one of them, or give each namespaces of its own (matriarch.namespaces).");
    }

    /** Forgets a cluster that is gone, or begins anew. */
    public void forget(ResourceID cluster) {
        written.remove(cluster);
    }

    private boolean isOver(Written before) {
        return !before.since().plus(PERIOD).isAfter(clock.instant());
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
        return host() + "/" + ProcessHandle.current().pid();
    }

    /** Without asking a name service, which may not answer. */
    private static String host() {
        String named = System.getenv("HOSTNAME");
        if (named != null && !named.isBlank()) {
            return named;
        }
        for (String file : new String[] {"/proc/sys/kernel/hostname", "/etc/hostname"}) {
            try {
                return Files.readString(Path.of(file)).strip();
            } catch (IOException e) {
                continue; // not on this system
            }
        }
        return "localhost";
    }
}
