package dev.matriarch.observe;

import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is remembered of each cluster between two rounds. All of it can be lost at any time. */
@ApplicationScoped
public class Memories {

    private final Map<ResourceID, Memory> memories = new ConcurrentHashMap<>();

    /** What is remembered of a cluster. */
    public Memory of(ResourceID cluster) {
        return memories.getOrDefault(cluster, Memory.none());
    }

    /** Remembers which standbys do not stream, each since when it was first seen so. */
    public void absent(ResourceID cluster, Set<String> instances, Instant now) {
        memories.compute(cluster, (key, present) -> {
            Memory memory = present == null ? Memory.none() : present;
            Map<String, Instant> since = new TreeMap<>();
            instances.forEach(name -> since.put(name, memory.absentSince().getOrDefault(name, now)));
            return new Memory(memory.marker(), Map.copyOf(since));
        });
    }

    /** Remembers a WAL marker. */
    public void marker(ResourceID cluster, Marker marker) {
        memories.compute(
                cluster,
                (key, present) -> new Memory(Optional.of(marker), present == null ? Map.of() : present.absentSince()));
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        memories.remove(cluster);
    }
}
