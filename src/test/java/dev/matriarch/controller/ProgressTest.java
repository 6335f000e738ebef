package dev.matriarch.controller;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private long now = Long.MAX_VALUE - 1000; // it may overflow
    private final Progress progress = new Progress(() -> now);

    @Test
    void whatEndsIsAlive() {
        Runnable end = progress.begin("a reconcile");
        now += Progress.LIMIT.toNanos();
        assertThat(progress.call().getStatus()).isEqualTo(Status.UP);
        end.run();
        now += Progress.LIMIT.multipliedBy(2).toNanos();
        assertThat(progress.call().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void whatDoesNotEndIsToldAndIsNotAlive() {
        progress.begin("a reconcile of pgcluster");
        now += Progress.LIMIT.toNanos() + 1;
        progress.begin("a look at the Lease");
        assertThat(progress.call().getStatus()).isEqualTo(Status.DOWN);
        assertThat(progress.call().getData().orElseThrow()).containsValue("a reconcile of pgcluster");
    }
}
