package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.apply.EndingNamespace;
import dev.matriarch.controller.Rounds.Round;
import dev.matriarch.observe.Memories;
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
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Makes a cluster what its PgCluster says: observe, decide, apply, report. */
@ControllerConfiguration(name = "pgcluster")
public class PgClusterReconciler implements Reconciler<PgCluster> {

    private static final Logger LOG = Logger.getLogger(PgClusterReconciler.class);

    /** How soon one that began to wait for something is looked at again, and how soon at the latest when it goes on waiting. */
    private static final Duration SOON = Duration.ofMillis(200);

    private static final Duration LATEST = Duration.ofSeconds(5);

    /** How soon one that has just lost its primary is looked at again. */
    private static final Duration IN_A_HURRY = Duration.ofMillis(15);

    /** A cluster that has waited for so long is looked at again after a twentieth of it. */
    private static final int PART_OF_WAIT = 20;

    /** How many times in a row a plan is followed by another look without giving way to other clusters. */
    private static final int ROUNDS = 8;

    private final Rounds rounds;
    private final Sources sources;
    private final Memories memories;
    private final Leadership leadership;
    private final Clock clock;
    private final Told told = new Told();

    /** How often a settled cluster is looked at when nothing happens. */
    private final Duration settled;

    PgClusterReconciler(
            Rounds rounds,
            Sources sources,
            Memories memories,
            Leadership leadership,
            Clock clock,
            @ConfigProperty(name = "matriarch.settled-interval", defaultValue = "10s") Duration settled) {
        this.rounds = rounds;
        this.sources = sources;
        this.memories = memories;
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
            Round round = rounds.round(cached, context, Round.none());
            for (int i = 1; i < ROUNDS && round.again() && leadership.mayAct(); i++) {
                round = rounds.round(cached, context, round);
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
}
