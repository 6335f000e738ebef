package dev.matriarch.e2e.support;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waiting for a condition. The limits are those of a slow machine; how fast it should be is told by the benchmark. */
public final class Waiting {

    /** Seconds; a slow machine may need more, a person who waits for a failure less. */
    private static final Duration PATIENCE =
            Duration.ofSeconds(Integer.parseInt(System.getenv().getOrDefault("MATRIARCH_TEST_PATIENCE", "180")));

    private Waiting() {}

    /** Waits for what is described, asking again until it is so. Whatever is thrown meanwhile counts as not yet. */
    public static ConditionFactory await(String description) {
        return await(description, PATIENCE);
    }

    /** Waits at most so long. */
    public static ConditionFactory await(String description, Duration limit) {
        return Awaitility.await(description)
                .atMost(limit)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions();
    }

    /** Sees to it that something stays as it is for a while. */
    public static ConditionFactory stays(String description, Duration time) {
        return Awaitility.await(description)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(300))
                .during(time)
                .atMost(time.plusSeconds(30));
    }
}
