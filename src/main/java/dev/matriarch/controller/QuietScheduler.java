package dev.matriarch.controller;

import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Lets the operator SDK's scheduler sleep. Its pool has no core thread, and one that waits in such a pool for something of later wakes each ten milliseconds (the pool's
 * default keep-alive) for as long as the operator runs: nearly half of what one with nothing to do took, by the times of its threads. A core thread sleeps until it is time.
 */
@ApplicationScoped
class QuietScheduler {

    void keepItsThread(@Observes StartupEvent start, Operator operator) {
        if (operator.getConfigurationService().getExecutorServiceManager().scheduledExecutorService()
                instanceof ScheduledThreadPoolExecutor pool) {
            pool.setCorePoolSize(1);
        }
    }
}
