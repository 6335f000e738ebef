package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.SelfFence;
import dev.matriarch.decide.SelfFence.Heartbeat;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.postgres.Watch;
import dev.matriarch.status.RecordReader;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Supplier;

/** The watch that is kept over each primary, so that its end is noticed at once, and not in the next round. */
@ApplicationScoped
class Vigil {

    private final Observer observer;
    private final Watch watch;
    private final Waker waker;
    private final RecordReader record;

    Vigil(Observer observer, Watch watch, Waker waker, RecordReader record) {
        this.observer = observer;
        this.watch = watch;
        this.waker = waker;
        this.record = record;
    }

    /** Watches a primary that answers. */
    void keep(Observation seen, OwnObjects objects) {
        ResourceID id = ResourceID.fromResource(objects.cluster());
        if (seen.primaryDatabase().isPresent()) {
            observer.server(objects, seen.protocol().primary())
                    .ifPresent(server -> watch.over(
                            Observer.watched(objects), server, () -> waker.wake(id), heartbeat(seen, objects)));
        }
    }

    /** What a primary that stops itself may be told, whenever that is asked. */
    private Optional<Supplier<Optional<Heartbeat>>> heartbeat(Observation seen, OwnObjects objects) {
        PgCluster cluster = objects.cluster();
        String primary = seen.protocol().primary();
        return SelfFence.concerns(seen)
                ? Optional.of(() -> record.now(cluster).flatMap(read -> SelfFence.heartbeat(read, primary)))
                : Optional.empty();
    }
}
