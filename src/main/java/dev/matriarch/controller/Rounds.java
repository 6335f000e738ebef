package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.apply.Beginnings;
import dev.matriarch.apply.Blueprints;
import dev.matriarch.apply.Doer;
import dev.matriarch.apply.EndingNamespace;
import dev.matriarch.apply.LabelKeeper;
import dev.matriarch.apply.OwnedObjects;
import dev.matriarch.apply.PasswordKeeper;
import dev.matriarch.apply.Reminders;
import dev.matriarch.apply.StepFailedException;
import dev.matriarch.decide.Consenting;
import dev.matriarch.decide.Decision;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Intent;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Plan;
import dev.matriarch.decide.Step;
import dev.matriarch.decide.SwitchoverAnswer;
import dev.matriarch.decide.Waiting;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.observe.DataVersions;
import dev.matriarch.observe.MissingPods;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.observe.StaleConfigurations;
import dev.matriarch.postgres.Server;
import dev.matriarch.status.Problem;
import dev.matriarch.status.ProtocolStatus;
import dev.matriarch.status.Remedies;
import dev.matriarch.status.Report;
import dev.matriarch.status.StatusWriter;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** One round of a reconcile: observe, decide, apply, report. */
@ApplicationScoped
class Rounds {

    private static final Logger LOG = Logger.getLogger(Rounds.class);

    /** For how long one that has just lost its primary is in a hurry. */
    private static final Duration HURRY = Duration.ofSeconds(5);

    private final Observer observer;
    private final Switchovers switchovers;
    private final Beginnings beginnings;
    private final Blueprints blueprints;
    private final OwnedObjects owned;
    private final PasswordKeeper passwords;
    private final Doer doer;
    private final Reminders reminders;
    private final Vigil vigil;
    private final Waker waker;
    private final LabelKeeper labels;
    private final MissingPods missing;
    private final StaleConfigurations stale;
    private final StatusWriter status;
    private final Reporter reporter;
    private final Clock clock;

    Rounds(
            Observer observer,
            Switchovers switchovers,
            Beginnings beginnings,
            Blueprints blueprints,
            OwnedObjects owned,
            PasswordKeeper passwords,
            Doer doer,
            Reminders reminders,
            Vigil vigil,
            Waker waker,
            LabelKeeper labels,
            MissingPods missing,
            StaleConfigurations stale,
            StatusWriter status,
            Reporter reporter,
            Clock clock) {
        this.observer = observer;
        this.switchovers = switchovers;
        this.beginnings = beginnings;
        this.blueprints = blueprints;
        this.owned = owned;
        this.passwords = passwords;
        this.doer = doer;
        this.reminders = reminders;
        this.vigil = vigil;
        this.waker = waker;
        this.labels = labels;
        this.missing = missing;
        this.stale = stale;
        this.status = status;
        this.reporter = reporter;
        this.clock = clock;
    }

    /**
     * What came out of one round.
     *
     * @param done the steps
     * @param known what the next one can begin with, without another look
     * @param again whether there is something new to see at once
     * @param waits whether something is waited for
     * @param hurries whether clients wait
     */
    record Round(List<Step> done, Optional<Observation> known, boolean again, boolean waits, boolean hurries) {

        /** Before the first. */
        static Round none() {
            return new Round(List.of(), Optional.empty(), false, false, false);
        }
    }

    /** What was found on the way that people are told: what is waited for, and what is wrong in the spec or in what it names. */
    private record Findings(List<Waiting> waitings, List<Problem> problems) {}

    /**
     * @param known what is known after them, without another look
     */
    private record Done(List<Step> steps, Optional<Observation> known, Optional<SwitchoverAnswer> answer) {}

    private static final Done NOTHING = new Done(List.of(), Optional.empty(), Optional.empty());

    /** One look, and what follows of it. What was done in the last round too shows nothing new by being done again: a cache that is late shows it some time. */
    Round round(PgCluster cached, Context<PgCluster> context, Round last) {
        PgCluster cluster = status.newest(cached);
        OwnObjects objects = new OwnObjects(cluster, context);
        ResourceID id = ResourceID.fromResource(cluster);
        long began = System.nanoTime();
        Observation seen = last.known()
                .orElseGet(() -> observer.observe(objects, ProtocolStatus.read(cluster.getStatus()), clock.instant()));
        LOG.debugf("%s: seen after %d ms", id, millisSince(began));
        boolean hurries = hurries(cluster, seen);
        Findings findings = new Findings(new ArrayList<>(), new ArrayList<>());
        Done done = NOTHING;
        Optional<RuntimeException> failure = Optional.empty();
        try {
            if (!cluster.getSpec().paused()) {
                done = act(cluster, objects, seen, hurries, findings);
            }
        } catch (KubernetesClientException e) {
            throw e; // the API server would not take a status either
        } catch (RuntimeException e) {
            // A defect: people are told, for which generation too, and it is tried again as it would have been. Its
            // words stay in the log: nobody knows what is in them.
            failure = Optional.of(e);
            findings.waitings()
                    .add(new Waiting(
                            Waiting.Reason.OperatorFails,
                            "The operator fails at this PgCluster ("
                                    + e.getClass().getSimpleName()
                                    + ") and tries again; its log says where. What runs goes on."));
        }
        vigil.keep(seen, objects);
        LOG.debugf("%s: done after %d ms", id, millisSince(began));
        boolean again = !done.steps().isEmpty() && !done.steps().equals(last.done());
        if (failure.isPresent() || !again && !hurries) {
            reporter.report(
                    cluster,
                    new Report(
                            cluster.getMetadata().getName(),
                            cached.getSpec(),
                            seen,
                            findings.waitings(),
                            findings.problems(),
                            done.answer()),
                    clock.instant());
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        boolean waits = !findings.waitings().isEmpty() || done.answer().isPresent();
        return new Round(done.steps(), done.known(), again, waits, hurries);
    }

    private Done act(PgCluster cluster, OwnObjects objects, Observation seen, boolean hurries, Findings findings) {
        Intent intent = switchovers.asked(Intents.of(cluster), objects);
        Plan plan = Decision.decide(intent, seen, clock.instant());
        LOG.debugf("%s: to do: %s", objects.name(), plan.steps());
        plan.waitings().forEach(each -> findings.waitings().add(Remedies.told(cluster, each)));
        Consenting.refusal(intent, seen, plan)
                .ifPresent(each -> findings.problems().add(Remedies.refused(cluster, each)));
        beginnings.keep(objects, seen, findings.problems());
        Optional<Blueprint> blueprint = blueprints.of(objects, plan, findings.problems());
        if (blueprint.isEmpty()) {
            return new Done(List.of(), Optional.empty(), plan.answer());
        }
        boolean onlyRoute = hurries || seen.protocol().transition().isPresent();
        Optional<String> configuration = keep(objects, blueprint.get(), onlyRoute, findings);
        Followed followed = follow(plan, seen, objects, blueprint.get(), findings.waitings());
        if (!hurries) {
            reminders.remind(objects, seen, configuration);
        }
        if (!onlyRoute) {
            findTroubles(objects, seen, configuration, findings);
            keepPasswords(seen, objects, blueprint.get(), findings.problems());
        }
        return new Done(followed.steps(), followed.known(), plan.answer());
    }

    private void findTroubles(OwnObjects objects, Observation seen, Optional<String> configuration, Findings findings) {
        DataVersions.reason(seen)
                .ifPresent(reason -> findings.problems().add(new Problem(reason.field(), reason.message())));
        configuration.map(wanted -> stale.find(objects, seen, wanted)).ifPresent(found -> {
            found.reasons().forEach(reason -> findings.problems().add(new Problem(reason.field(), reason.message())));
            if (!found.taking().isEmpty()) {
                findings.waitings()
                        .add(new Waiting(
                                Waiting.Reason.TakingConfiguration,
                                "The changed configuration is to be taken by " + String.join(", ", found.taking())
                                        + "."));
            }
        });
        labels.keep(objects);
        missing.reason(objects)
                .ifPresent(reason -> findings.waitings().add(0, new Waiting(Waiting.Reason.PodTrouble, reason)));
    }

    /**
     * Clients may wait for the steps that come next: an object that cannot be written now, as when a webhook does not answer, does not keep them from being done.
     *
     * @return the digest of the configuration that instances are to have
     */
    private Optional<String> keep(OwnObjects objects, Blueprint blueprint, boolean onlyRoute, Findings findings) {
        try {
            if (!onlyRoute) {
                return owned.keep(objects, blueprint, findings.problems());
            }
            owned.keepRoute(objects, blueprint, findings.problems());
        } catch (KubernetesClientException e) {
            if (EndingNamespace.isReasonOf(e)) {
                throw e;
            }
            findings.waitings()
                    .add(new Waiting(
                            Waiting.Reason.ObjectsNotWritten,
                            "The API server does not take what the PgCluster needs: " + e.getMessage()));
        }
        return StaleConfigurations.wanted(objects);
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
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

    private record Followed(List<Step> steps, Optional<Observation> known) {}

    /** Does the steps; which were done, unless one failed for another reason than that somebody was faster. */
    private Followed follow(
            Plan plan, Observation seen, OwnObjects objects, Blueprint blueprint, List<Waiting> waitings) {
        try {
            ResourceID id = ResourceID.fromResource(objects.cluster());
            doer.doAll(plan.steps(), objects, blueprint, () -> waker.wake(id));
            return new Followed(plan.steps(), seen.after(plan));
        } catch (StepFailedException e) {
            LOG.debugf("%s: %s", objects.name(), e.getMessage());
            if (e.isConflict()) {
                return new Followed(plan.steps(), Optional.empty());
            }
            waitings.add(e.waiting());
            return new Followed(List.of(), Optional.empty());
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
}
