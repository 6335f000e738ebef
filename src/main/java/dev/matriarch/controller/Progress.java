package dev.matriarch.controller;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Whether what was begun ends: the liveness check. Every request of the operator has a limit of seconds, so what is still under way after many minutes waits for something
 * that does not come, and a new process is better. That an API server or an instance does not answer is no reason: what asks them ends, and is tried again.
 */
@Default // Liveness is a qualifier: whoever says what is under way asks for no health check
@Liveness
@ApplicationScoped
class Progress implements HealthCheck {

    /** More than a reconcile is meant to take that meets an API server which answers nothing: the first request that is given up, with its repetitions, ends most of them. */
    static final Duration LIMIT = Duration.ofMinutes(15);

    private final LongSupplier nanoTime;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, Begun> underWay = new ConcurrentHashMap<>();

    private record Begun(String what, long at) {}

    Progress() {
        this(System::nanoTime);
    }

    Progress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Something begins.
     *
     * @param what shown in the answer of the check
     * @return to be run when it has ended, however it has
     */
    Runnable begin(String what) {
        long number = last.incrementAndGet();
        underWay.put(number, new Begun(what, nanoTime.getAsLong()));
        return () -> underWay.remove(number);
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> stuck = underWay.values().stream()
                .filter(each -> nanoTime.getAsLong() - each.at() > LIMIT.toNanos())
                .map(Begun::what)
                .findFirst();
        HealthCheckResponseBuilder answer =
                HealthCheckResponse.named("progress").status(stuck.isEmpty());
        stuck.ifPresent(what -> answer.withData("does not end", what));
        return answer.build();
    }
}
