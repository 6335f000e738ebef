package dev.matriarch.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often and how long clusters are reconciled. Without names of clusters, so that a thousand of them make no more series than one. */
@Singleton
public class ReconcileMetrics implements Metrics {

    private final MeterRegistry registry;
    private final Leadership leadership;
    private final Progress progress;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    ReconcileMetrics(MeterRegistry registry, Leadership leadership, Progress progress) {
        this.registry = registry;
        this.leadership = leadership;
        this.progress = progress;
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        if (!leadership.leads()) {
            return execution.execute(); // does nothing
        }
        Timer.Sample sample = Timer.start(registry);
        String outcome = "failure";
        Runnable end = progress.begin("a reconcile of " + execution.controllerName());
        try {
            T result = execution.execute();
            outcome = "success";
            return result;
        } finally {
            end.run();
            sample.stop(timer(execution.controllerName(), outcome));
        }
    }

    /** Kept: to look for one costs a part of what it measures. */
    private Timer timer(String controller, String outcome) {
        return timers.computeIfAbsent(controller + " " + outcome, key -> Timer.builder("matriarch.reconcile")
                .description("Duration of reconciles")
                .tag("controller", controller)
                .tag("outcome", outcome)
                .publishPercentiles(0.5, 0.99)
                .register(registry));
    }

    @Override
    public void reconciliationFailed(
            HasMetadata resource, RetryInfo retry, Exception failure, Map<String, Object> metadata) {
        registry.counter(
                        "matriarch.reconcile.failures",
                        "exception",
                        failure.getClass().getSimpleName())
                .increment();
    }
}
