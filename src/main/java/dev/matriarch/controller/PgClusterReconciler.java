package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.apply.Beginnings;
import dev.matriarch.apply.Blueprints;
import dev.matriarch.apply.Doer;
import dev.matriarch.apply.EndingNamespace;
import dev.matriarch.apply.OwnedObjects;
import dev.matriarch.apply.PasswordKeeper;
import dev.matriarch.apply.StepFailedException;
import dev.matriarch.decide.Consenting;
import dev.matriarch.decide.Decision;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Intent;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Plan;
import dev.matriarch.decide.SelfFence;
import dev.matriarch.decide.SelfFence.Heartbeat;
import dev.matriarch.decide.Step;
import dev.matriarch.decide.SwitchoverAnswer;
import dev.matriarch.decide.Waiting;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.observe.DataVersions;
import dev.matriarch.observe.Memories;
import dev.matriarch.observe.MissingPods;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.observe.StaleConfigurations;
import dev.matriarch.postgres.Server;
import dev.matriarch.postgres.Watch;
import dev.matriarch.status.Problem;
import dev.matriarch.status.ProtocolStatus;
import dev.matriarch.status.RecordReader;
import dev.matriarch.status.Remedies;
import dev.matriarch.status.Report;
import dev.matriarch.status.StatusWriter;
import dev.matriarch.status.Told;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Makes a cluster what its PgCluster says: observe, decide, apply, report. */
@ControllerConfiguration(name = "pgcluster")
public class PgClusterReconciler implements Reconciler<PgCluster> {

    private static final Logger LOG = Logger.getLogger(PgClusterReconciler.class);

    /** How soon one that began to wait for something is looked at again, and how soon at the latest when it goes on waiting. */
    private static final Duration SOON = Duration.ofMillis(200);

    private static final Duration LATEST = Duration.ofSeconds(5);

    /** How soon one that has just lost its primary is looked at again, and for how long. */
    private static final Duration IN_A_HURRY = Duration.ofMillis(15);

    private static final Duration HURRY = Duration.ofSeconds(5);

    /** A cluster that has waited for so long is looked at again after a twentieth of it. */
    private static final int PART_OF_WAIT = 20;

    /** How many times in a row a plan is followed by another look without giving way to other clusters. */
    private static final int ROUNDS = 8;

    private final Observer observer;
    private final Beginnings beginnings;
    private final Blueprints blueprints;
    private final OwnedObjects owned;
    private final PasswordKeeper passwords;
    private final Doer doer;
    private final StatusWriter status;
    private final RecordReader record;
    private final Reporter reporter;
    private final Sources sources;
    private final Switchovers switchovers;
    private final MissingPods missing;
    private final Memories memories;
    private final StaleConfigurations stale;
    private final Watch watch;
    private final Waker waker;
    private final Leadership leadership;
    private final Clock clock;
    private final Told told = new Told();

    /** How often a settled cluster is looked at when nothing happens. */
    private final Duration settled;

    PgClusterReconciler(
            Observer observer,
            Beginnings beginnings,
            Blueprints blueprints,
            OwnedObjects owned,
            PasswordKeeper passwords,
            Doer doer,
            StatusWriter status,
            RecordReader record,
            Reporter reporter,
            Sources sources,
            Switchovers switchovers,
            MissingPods missing,
            Memories memories,
            StaleConfigurations stale,
            Watch watch,
            Waker waker,
            Leadership leadership,
            Clock clock,
            @ConfigProperty(name = "matriarch.settled-interval", defaultValue = "10s") Duration settled) {
        this.observer = observer;
        this.beginnings = beginnings;
        this.blueprints = blueprints;
        this.owned = owned;
        this.passwords = passwords;
        this.doer = doer;
        this.status = status;
        this.record = record;
        this.reporter = reporter;
        this.sources = sources;
        this.switchovers = switchovers;
        this.missing = missing;
        this.memories = memories;
        this.stale = stale;
        this.watch = watch;
        this.waker = waker;
        this.leadership = leadership;
        this.clock = clock;
        this.settled = settled;
    }

    @Override
    public List<EventSource<?, PgCluster>> prepareEventSources(EventSourceContext<PgCluster> context) {
        return sources.of(context);
    }

    @Override
    public UpdateControl<PgCluster> reconcile(PgCluster cached, Context<PgCluster> context) {
        if (!leadership.mayAct()) {
            return UpdateControl.noUpdate(); // woken when it does
        }
        try {
            Round round = round(cached, context, List.of());
            for (int i = 1; i < ROUNDS && round.again() && leadership.mayAct(); i++) {
                round = round(cached, context, round.done());
            }
            return UpdateControl.<PgCluster>noUpdate().rescheduleAfter(pause(cached, round));
        } catch (KubernetesClientException e) {
            if (!EndingNamespace.isReasonOf(e)) {
                throw e;
            }
            if (told.isNews(cached.getMetadata().getUid(), clock.instant())) {
                LOG.infof(
                        "%s/%s: its namespace is being deleted, nothing is made in it any more",
                        cached.getMetadata().getNamespace(),
                        cached.getMetadata().getName());
            }
            return UpdateControl.<PgCluster>noUpdate().rescheduleAfter(settled);
        }
    }

    private Duration pause(PgCluster cluster, Round round) {
        ResourceID id = ResourceID.fromResource(cluster);
        if (round.hurries()) {
            return IN_A_HURRY;
        }
        boolean unsettled = !round.done().isEmpty() || round.waits();
        Duration waited = memories.unsettled(id, unsettled, clock.instant());
        if (!unsettled) {
            return settled;
        }
        Duration part = waited.dividedBy(PART_OF_WAIT);
        return part.compareTo(SOON) < 0 ? SOON : part.compareTo(LATEST) > 0 ? LATEST : part;
    }

    /** What came out of one round: what was done, whether there is something new to see at once, whether something is waited for, and whether clients wait. */
    private record Round(List<Step> done, boolean again, boolean waits, boolean hurries) {}

    /** One look, and what follows of it. What was done in the last round too shows nothing new by being done again: a cache that is late shows it some time. */
    private Round round(PgCluster cached, Context<PgCluster> context, List<Step> last) {
        PgCluster cluster = status.newest(cached);
        OwnObjects objects = new OwnObjects(cluster, context);
        ResourceID id = ResourceID.fromResource(cluster);
        long began = System.nanoTime();
        Observation seen = observer.observe(objects, ProtocolStatus.read(cluster.getStatus()), clock.instant());
        List<Problem> problems = new ArrayList<>();
        List<Waiting> waitings = new ArrayList<>();
        Optional<SwitchoverAnswer> answer = Optional.empty();
        List<Step> done = List.of();
        boolean taking = false;
        boolean hurries = hurries(cluster, seen);
        if (!cluster.getSpec().paused()) {
            Intent intent = switchovers.asked(intent(cluster), objects);
            Plan plan = Decision.decide(intent, seen, clock.instant());
            LOG.debugf("%s: seen after %d ms, to do: %s", id, millisSince(began), plan.steps());
            answer = plan.answer();
            plan.waitings().forEach(each -> waitings.add(Remedies.told(cluster, each)));
            Consenting.refusal(intent, seen, plan).ifPresent(each -> problems.add(Remedies.refused(cluster, each)));
            beginnings.keep(objects, seen, problems);
            Optional<Blueprint> blueprint = blueprints.of(objects, plan, problems);
            if (blueprint.isPresent() && (isChangingPrimary(cluster) || hurries)) {
                keep(() -> owned.keepRoute(objects, blueprint.get(), problems), waitings);
                done = follow(plan, objects, blueprint.get(), waitings);
            } else if (blueprint.isPresent()) {
                keep(() -> owned.keep(objects, blueprint.get(), problems), waitings);
                done = follow(plan, objects, blueprint.get(), waitings);
                DataVersions.reason(seen)
                        .ifPresent(reason -> problems.add(new Problem(reason.field(), reason.message())));
                StaleConfigurations.Found configurations = stale.find(objects, seen);
                configurations.reasons().forEach(reason -> problems.add(new Problem(reason.field(), reason.message())));
                taking = configurations.taking();
                missing.reason(objects)
                        .ifPresent(reason -> waitings.add(0, new Waiting(Waiting.Reason.PodTrouble, reason)));
                keepPasswords(seen, objects, blueprint.get(), problems);
            }
        }
        watch(seen, objects);
        LOG.debugf("%s: done after %d ms", id, millisSince(began));
        boolean again = !done.isEmpty() && !done.equals(last);
        if (!again && !hurries) {
            reporter.report(
                    cluster,
                    new Report(cluster.getMetadata().getName(), cached.getSpec(), seen, waitings, problems, answer),
                    clock.instant());
        }
        return new Round(done, again, !waitings.isEmpty() || answer.isPresent() || taking, hurries);
    }

    /** Clients may wait for the steps that come next: an object that cannot be written now, as when a webhook does not answer, does not keep them from being done. */
    private static void keep(Runnable objects, List<Waiting> waitings) {
        try {
            objects.run();
        } catch (KubernetesClientException e) {
            if (EndingNamespace.isReasonOf(e)) {
                throw e;
            }
            waitings.add(new Waiting(
                    Waiting.Reason.ObjectsNotWritten,
                    "The API server does not take what the PgCluster needs: " + e.getMessage()));
        }
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }

    /** A primary that answers is watched, so that its end is noticed at once. */
    private void watch(Observation seen, OwnObjects objects) {
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

    /**
     * Whether the primary was lost a moment ago, or has begun to be replaced, which may be long after it was first missed: people are told afterwards. For how long that is
     * under way says no other operator's clock.
     */
    private boolean hurries(PgCluster cluster, Observation seen) {
        return !cluster.getSpec().paused()
                && !cluster.getSpec().hibernated()
                && seen.protocol().initialised()
                && (seen.protocol().transition().isPresent()
                        ? seen.memory().transitionFor().compareTo(HURRY) < 0
                        : seen.memory()
                                .lostSince()
                                .filter(instant -> instant.plus(HURRY).isAfter(clock.instant()))
                                .isPresent());
    }

    private static boolean isChangingPrimary(PgCluster cluster) {
        return ProtocolStatus.read(cluster.getStatus()).transition().isPresent();
    }

    /** Does the steps; which were done, unless one failed for another reason than that somebody was faster. */
    private List<Step> follow(Plan plan, OwnObjects objects, Blueprint blueprint, List<Waiting> waitings) {
        try {
            ResourceID id = ResourceID.fromResource(objects.cluster());
            doer.doAll(plan.steps(), objects, blueprint, () -> waker.wake(id));
            return plan.steps();
        } catch (StepFailedException e) {
            LOG.debugf("%s: %s", objects.name(), e.getMessage());
            if (e.isConflict()) {
                return plan.steps();
            }
            waitings.add(e.waiting());
            return List.of();
        }
    }

    private void keepPasswords(Observation seen, OwnObjects objects, Blueprint blueprint, List<Problem> problems) {
        Optional<Server> primary = seen.primary().flatMap(instance -> observer.server(objects, instance.name()));
        if (primary.isEmpty()) {
            return;
        }
        Optional<Instance.Database> database = seen.primaryDatabase();
        if (database.isEmpty()) {
            passwords.repair(blueprint, primary.get(), problems);
        } else if (database.get().bootstrapped() && database.get().gateOpen()) {
            passwords.enforce(blueprint, primary.get());
        }
    }

    private static Intent intent(PgCluster cluster) {
        int instances = cluster.getSpec().instances();
        return new Intent(
                cluster.getMetadata().getName(),
                instances,
                cluster.getSpec().replication().required(instances),
                cluster.getSpec().hibernated(),
                new Intent.FailoverWish(
                        cluster.getSpec().failover().automatic(),
                        Duration.ofSeconds(cluster.getSpec().failover().delaySeconds()),
                        Remedies.asked(cluster),
                        Duration.ofSeconds(cluster.getSpec().failover().selfFenceSeconds())));
    }
}
