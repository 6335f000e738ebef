package dev.matriarch.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers at most so many values and forgets the one that was used least recently: of some objects nobody says that they are gone. For use by several
 * threads.
 *
 * @param <V> the values; their keys are words, such as the uid of an object
 */
public final class LruMap<V> {

    private final Map<String, V> values;

    /** For so many values; above 0. */
    public LruMap(int limit) {
        values = new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > limit;
            }
        };
    }

    /** What is remembered under a key. That is a use. */
    public synchronized Optional<V> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Remembers a value, in the place of an earlier one. */
    public synchronized void put(String key, V value) {
        values.put(key, value);
    }
}
