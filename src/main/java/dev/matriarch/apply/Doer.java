package dev.matriarch.apply;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Assignment.Role;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Step;
import dev.matriarch.decide.Waiting;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.observe.Memories;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.postgres.BootstrapException;
import dev.matriarch.postgres.Bootstrapping;
import dev.matriarch.postgres.Checkpoints;
import dev.matriarch.postgres.Deeds;
import dev.matriarch.postgres.Server;
import dev.matriarch.postgres.StaleDeedException;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.RecordConflictException;
import dev.matriarch.status.StatusWriter;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Does the steps of a plan, in their order, until one fails. */
@ApplicationScoped
public class Doer {

    private final Observer observer;
    private final Deeds deeds;
    private final Checkpoints checkpoints;
    private final Bootstrapping bootstrapping;
    private final PasswordKeeper passwords;
    private final PodAnnotator pods;
    private final MarkKeeper marks;
    private final StatusWriter status;
    private final Memories memories;
    private final Events events;
    private final Clock clock;
    private final ExecutorService helpers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "deeds");
        thread.setDaemon(true);
        return thread;
    });

    Doer(
            Observer observer,
            Deeds deeds,
            Checkpoints checkpoints,
            Bootstrapping bootstrapping,
            PasswordKeeper passwords,
            PodAnnotator pods,
            MarkKeeper marks,
            StatusWriter status,
            Memories memories,
            Events events,
            Clock clock) {
        this.observer = observer;
        this.deeds = deeds;
        this.checkpoints = checkpoints;
        this.bootstrapping = bootstrapping;
        this.passwords = passwords;
        this.pods = pods;
        this.marks = marks;
        this.status = status;
        this.memories = memories;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Does them.
     *
     * @param ended called when something has ended that a step began and did not wait for; at any time, by another thread
     * @throws StepFailedException at the first that cannot be done
     */
    public void doAll(List<Step> steps, OwnObjects objects, Blueprint blueprint, Runnable ended) {
        Doing doing = new Doing(objects, blueprint, ended);
        for (List<Step> together : Together.of(steps)) {
            List<CompletableFuture<Optional<StepFailedException>>> begun = together.stream()
                    .skip(1)
                    .map(step -> CompletableFuture.supplyAsync(() -> failureOf(step, doing), helpers))
                    .toList();
            List<Optional<StepFailedException>> failures = new ArrayList<>();
            failures.add(failureOf(together.get(0), doing));
            begun.forEach(each -> failures.add(each.join()));
            failures.stream().flatMap(Optional::stream).findFirst().ifPresent(failure -> {
                throw failure;
            });
        }
    }

    @PreDestroy
    void stop() {
        helpers.shutdownNow();
    }

    private static Optional<StepFailedException> failureOf(Step step, Doing doing) {
        try {
            step.accept(doing);
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.of(new StepFailedException(
                    Waiting.Reason.ObjectsNotWritten,
                    "The API server does not take a step (" + step.getClass().getSimpleName() + "): " + e.getMessage(),
                    e));
        } catch (StepFailedException e) {
            return Optional.of(e);
        }
    }

    private interface SqlDeed {
        void on(Server server) throws SQLException, StaleDeedException;
    }

    private final class Doing implements Step.Visitor<Void> {

        private final OwnObjects objects;
        private final Blueprint blueprint;
        private final Runnable ended;

        Doing(OwnObjects objects, Blueprint blueprint, Runnable ended) {
            this.objects = objects;
            this.blueprint = blueprint;
            this.ended = ended;
        }

        @Override
        public Void record(Step.Record step) {
            try {
                status.record(objects.cluster(), step.seen(), step.next());
            } catch (RecordConflictException e) {
                throw new StepFailedException(e.getMessage(), e);
            }
            RecordEvents.of(step).forEach(each -> events.tell(objects.cluster(), each.reason(), each.message()));
            return null;
        }

        @Override
        public Void mark(Step.WriteMark step) {
            marks.write(objects, blueprint, step.instance(), step.mark());
            return null;
        }

        @Override
        public Void assign(Step.Assign step) {
            boolean news = pods.assign(objects, step.instance(), step.podUid(), step.seen(), step.assignment());
            if (news) {
                tellAssigned(step);
            }
            return null;
        }

        private void tellAssigned(Step.Assign step) {
            switch (step.assignment().deed()) {
                case INITIALISE ->
                    events.tell(
                            objects.cluster(), EventReason.Initialising, step.instance() + " initialises the cluster.");
                case CLONE ->
                    events.tell(
                            objects.cluster(),
                            EventReason.Copying,
                            step.instance() + " copies " + step.assignment().upstream() + ".");
                case STOP ->
                    events.tell(
                            objects.cluster(),
                            EventReason.Demoting,
                            step.instance() + " is to stop in epoch "
                                    + step.assignment().epoch() + ".");
                case REJOIN ->
                    events.tell(
                            objects.cluster(),
                            EventReason.Rejoining,
                            step.instance() + " is to become a standby of "
                                    + step.assignment().upstream() + " in epoch "
                                    + step.assignment().epoch() + ".");
                default ->
                    events.tell(
                            objects.cluster(),
                            EventReason.Starting,
                            step.instance() + " is to run as "
                                    + (step.assignment().role() == Role.PRIMARY ? "primary" : "standby") + " in epoch "
                                    + step.assignment().epoch() + ".");
            }
        }

        @Override
        public Void label(Step.Label step) {
            pods.label(
                    objects,
                    step.instance(),
                    step.podUid(),
                    step.role().map(role -> role == Role.PRIMARY ? "primary" : "replica"));
            return null;
        }

        @Override
        public Void bootstrap(Step.Bootstrap step) {
            Server server = server(step.primary());
            try {
                bootstrapping.run(
                        server,
                        blueprint.spec().bootstrap().database(),
                        blueprint.spec().bootstrap().owner(),
                        blueprint.spec().bootstrap().sql(),
                        passwords.ofUsers(blueprint));
            } catch (BootstrapException e) {
                throw new StepFailedException(
                        Waiting.Reason.BootstrapFailed,
                        e.getMessage()
                                + ". Nothing of it was kept. Delete the PgCluster and make it again with this corrected.",
                        e);
            } catch (SQLException e) {
                throw new StepFailedException("The bootstrap waits: " + e.getMessage(), e);
            }
            events.tell(
                    objects.cluster(),
                    EventReason.Bootstrapped,
                    "Database " + blueprint.spec().bootstrap().database() + " of "
                            + blueprint.spec().bootstrap().owner() + " was made.");
            return null;
        }

        @Override
        public Void setRule(Step.SetRule step) {
            sql(step.primary(), server -> deeds.setRule(server, step.epoch(), step.generation(), step.rule()));
            return null;
        }

        @Override
        public Void settle(Step.Settle step) {
            PgCluster cluster = objects.cluster();
            sql(step.primary(), server -> {
                if (step.afterNone()) {
                    checkpoints.begin(server, "rule " + step.generation(), () -> settle(cluster, server, step));
                } else {
                    settle(cluster, server, step);
                }
            });
            return null;
        }

        private void settle(PgCluster cluster, Server server, Step.Settle step) throws SQLException {
            Lsn position = deeds.settle(server, step.generation(), step.afterNone());
            memories.marker(cluster, new Marker(step.generation(), position, step.afterReload()));
        }

        @Override
        public Void follow(Step.Follow step) {
            String host = step.upstream() + "." + ObjectNames.pods(blueprint.name());
            sql(step.instance(), server -> deeds.follow(server, step.instance(), host, Blueprint.PORT, step.epoch()));
            events.tell(
                    objects.cluster(),
                    EventReason.Following,
                    step.instance() + " follows " + step.upstream() + " in epoch " + step.epoch() + ".");
            return null;
        }

        @Override
        public Void detach(Step.Detach step) {
            sql(step.instance(), server -> deeds.detach(server, step.epoch()));
            events.tell(
                    objects.cluster(),
                    EventReason.Fenced,
                    step.instance() + " is detached in epoch " + step.epoch() + ".");
            return null;
        }

        @Override
        public Void promote(Step.Promote step) {
            sql(step.instance(), server -> deeds.promote(server, step.epoch(), step.timeline()));
            events.tell(
                    objects.cluster(),
                    EventReason.Promoted,
                    step.instance() + " is promoted in epoch " + step.epoch() + " to timeline " + step.timeline()
                            + ".");
            return null;
        }

        @Override
        public Void createSlot(Step.CreateSlot step) {
            sql(step.primary(), server -> deeds.createSlot(server, step.slot()));
            return null;
        }

        @Override
        public Void dropSlot(Step.DropSlot step) {
            sql(step.primary(), server -> deeds.dropSlot(server, step.slot()));
            return null;
        }

        @Override
        public Void checkpoint(Step.Checkpoint step) {
            PgCluster cluster = objects.cluster();
            sql(
                    step.primary(),
                    server -> checkpoints.take(server, step.of(), took -> {
                        memories.checkpoint(cluster, step.of(), clock.instant(), took);
                        ended.run();
                    }));
            return null;
        }

        @Override
        public Void demote(Step.Demote step) {
            sql(step.primary(), server -> deeds.demote(server, step.epoch()));
            return null;
        }

        @Override
        public Void stop(Step.Stop step) {
            sql(step.instance(), server -> deeds.stop(server, step.epoch()));
            return null;
        }

        @Override
        public Void replace(Step.Replace step) {
            if (pods.delete(objects, step.instance(), step.podUid())) {
                events.tell(
                        objects.cluster(),
                        EventReason.Replaced,
                        "Pod " + step.instance()
                                + " could not start and was made before the spec was changed: it is made anew. Its volume stays.");
            }
            return null;
        }

        private void sql(String instance, SqlDeed deed) {
            try {
                deed.on(server(instance));
            } catch (SQLException | StaleDeedException e) {
                throw new StepFailedException(instance + ": " + e.getMessage(), e);
            }
        }

        private Server server(String instance) {
            return observer.server(objects, instance)
                    .orElseThrow(() -> new StepFailedException(instance + " cannot be reached", null));
        }
    }
}
