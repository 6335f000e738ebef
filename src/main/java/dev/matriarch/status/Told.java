package dev.matriarch.status;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What people were told lately, so that the same words do not come again and again. */
public final class Told {

    private static final Duration LATELY = Duration.ofMinutes(10);
    private static final int LIMIT = 10_000;

    private final Map<String, Instant> told = new LinkedHashMap<>();

    /** Whether these words were not said lately. From then on they were. */
    public synchronized boolean isNews(String words, Instant now) {
        Instant before = told.get(words);
        if (before != null && before.plus(LATELY).isAfter(now)) {
            return false;
        }
        told.remove(words);
        told.put(words, now);
        if (told.size() > LIMIT) {
            told.remove(told.keySet().iterator().next());
        }
        return true;
    }
}
