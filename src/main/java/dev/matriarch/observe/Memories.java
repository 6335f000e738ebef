package dev.matriarch.observe;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Mark;
import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import dev.matriarch.decide.Protocol;
import dev.matriarch.objects.Encoding;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What is remembered of each cluster between two rounds. All of it can be lost at any time.
 *
 * <p>It is remembered of one PgCluster, not of its name: a WAL marker of a deleted cluster would settle, or never settle, the rules of the next one.
 */
@ApplicationScoped
public class Memories {

    private final Map<ResourceID, Remembered> memories = new ConcurrentHashMap<>();
    private final Map<ResourceID, Instant> unsettledSince = new ConcurrentHashMap<>();
    private final Map<ResourceID, Opened> opened = new ConcurrentHashMap<>();
    private final Map<ResourceID, Map<String, Written>> written = new ConcurrentHashMap<>();
    private final Map<ResourceID, String> passwords = new ConcurrentHashMap<>();
    private final LongSupplier nanos;

    private record Remembered(String uid, Memory memory) {}

    /** When the transition of an epoch was first seen, by a clock that never jumps. */
    private record Opened(String uid, long epoch, long nanos) {}

    /** A mark, and the object that bears it, as the API server answered. */
    private record Written(ObjectMeta bearer, Mark mark) {}

    Memories() {
        this(System::nanoTime);
    }

    Memories(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What is remembered of a cluster. */
    public Memory of(PgCluster cluster) {
        return memory(cluster, memories.get(ResourceID.fromResource(cluster)));
    }

    /** Remembers this of a cluster, and nothing else. */
    public void remember(PgCluster cluster, Memory memory) {
        change(cluster, before -> memory);
    }

    /** For how long it has been known that the recorded transition is under way; zero when none is. */
    public Duration transition(PgCluster cluster, Protocol recorded) {
        ResourceID id = ResourceID.fromResource(cluster);
        if (recorded.transition().isEmpty()) {
            opened.remove(id);
            return Duration.ZERO;
        }
        String uid = cluster.getMetadata().getUid();
        Opened known = opened.compute(
                id,
                (key, present) -> present != null && present.uid().equals(uid) && present.epoch() == recorded.epoch()
                        ? present
                        : new Opened(uid, recorded.epoch(), nanos.getAsLong()));
        return Duration.ofNanos(nanos.getAsLong() - known.nanos());
    }

    /** Remembers a WAL marker. */
    public void marker(PgCluster cluster, Marker marker) {
        change(cluster, memory -> memory.with(marker));
    }

    /**
     * Remembers a mark that was written: a cache whose watch is silent never shows it, and clients may wait for what comes after it.
     *
     * @param bearer the claim or ConfigMap that bears it, as the API server answered
     */
    public void marked(PgCluster cluster, String instance, ObjectMeta bearer, Mark mark) {
        written.computeIfAbsent(ResourceID.fromResource(cluster), id -> new ConcurrentHashMap<>())
                .put(instance, new Written(bearer, mark));
    }

    /** The mark of an instance that was written after the cache last heard of what bears it. */
    public Optional<Mark> markBehind(PgCluster cluster, String instance, ObjectMeta cached) {
        return Optional.ofNullable(written.get(ResourceID.fromResource(cluster)))
                .map(marks -> marks.get(instance))
                .filter(mark -> mark.bearer().getUid().equals(cached.getUid()))
                .filter(mark -> version(mark.bearer()) > version(cached))
                .map(Written::mark);
    }

    /** They are numbers that grow, as every API server in use has them; of another kind none is later. */
    private static long version(ObjectMeta metadata) {
        try {
            return Long.parseLong(metadata.getResourceVersion());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /**
     * The password of the operator's own role: PostgreSQL goes on with the last one when somebody has damaged the Secret, and so does who looks at it.
     *
     * @param read what the Secret says now; empty: nothing
     */
    String password(PgCluster cluster, String read) {
        ResourceID id = ResourceID.fromResource(cluster);
        if (!Encoding.isPassword(read)) {
            return passwords.getOrDefault(id, "");
        }
        passwords.put(id, read);
        return read;
    }

    /** Remembers that a checkpoint has ended just now. */
    public void checkpoint(PgCluster cluster, String of, Instant now, Duration took) {
        change(cluster, memory -> memory.withCheckpoint(of, now, took));
    }

    /**
     * Remembers since when a cluster waits for something, or that it does not.
     *
     * @return for how long it has waited
     */
    public Duration unsettled(ResourceID cluster, boolean waits, Instant now) {
        if (!waits) {
            unsettledSince.remove(cluster);
            return Duration.ZERO;
        }
        return Duration.between(unsettledSince.computeIfAbsent(cluster, key -> now), now);
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        memories.remove(cluster);
        unsettledSince.remove(cluster);
        opened.remove(cluster);
        written.remove(cluster);
        passwords.remove(cluster);
    }

    private void change(PgCluster cluster, UnaryOperator<Memory> change) {
        memories.compute(
                ResourceID.fromResource(cluster),
                (id, present) ->
                        new Remembered(cluster.getMetadata().getUid(), change.apply(memory(cluster, present))));
    }

    private static Memory memory(PgCluster cluster, Remembered present) {
        return present != null && present.uid().equals(cluster.getMetadata().getUid())
                ? present.memory()
                : Memory.none();
    }
}
