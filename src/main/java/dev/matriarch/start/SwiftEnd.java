package dev.matriarch.start;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Ctrl-C ends it within two seconds, whatever it waits for: an API server that does not answer would hold up whoever wants to write to it before the end.
 * Nothing depends on an orderly end, an operator may be killed at any moment. In a Pod there is time, and a Lease to give back.
 */
@ApplicationScoped
public class SwiftEnd {

    private static final Duration PATIENCE = Duration.ofMillis(1200);

    /** What a shell shows of a program that Ctrl-C ended. */
    private static final int INTERRUPTED = 130;

    void arm(
            @Observes @Priority(1) StartupEvent start,
            @ConfigProperty(name = "matriarch.leader-election.enabled", defaultValue = "false") boolean elected) {
        if (!elected) {
            Runtime.getRuntime().addShutdownHook(new Thread(SwiftEnd::beginCounting, "swift-end"));
        }
    }

    /** Returns at once: the end waits for its hooks, not for the daemon that counts. */
    private static void beginCounting() {
        CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> Runtime.getRuntime().halt(INTERRUPTED));
    }
}
