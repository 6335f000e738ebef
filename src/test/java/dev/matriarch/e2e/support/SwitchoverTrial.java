package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Something goes wrong exactly in a phase of a switchover, while a client writes. The operator is frozen as soon as the phase is on record, and goes on when it has
 * happened. Should the operator have been quicker, that is seen on record, and it is tried again.
 */
public final class SwitchoverTrial {

    private static final int ATTEMPTS = 3;

    /** How long a harm lasts whose end a switchover waits for. */
    private static final Duration WAITED_FOR = Duration.ofSeconds(4);

    /** How long a switchover may take to end while a harm lasts: an old primary has 45 s to stop. */
    private static final Duration BOUND = Duration.ofSeconds(75);

    /** What the operator has sent when it is frozen is on record after this. */
    private static final long SENT_MILLIS = 200;

    /** The machine by which this one reaches Services: were it cut off, the client here would see nothing. */
    private static final String GATEWAY = "n1";

    private final Cluster cluster;
    private final LaptopOperator operator;

    public SwitchoverTrial(Cluster cluster, LaptopOperator operator) {
        this.cluster = cluster;
        this.operator = operator;
    }

    /** Runs it: afterwards the switchover has ended as it may, one leads, all others follow it, and all that was acknowledged is on all of them, once. */
    public void run(Phase phase, Harm harm) throws Exception {
        leadAwayFromTheGateway();
        try (SteadyWriter writer = SteadyWriter.begin(cluster)) {
            writer.awaitMore();
            Switchover asked = freezeIn(phase);
            PgSwitchover seen = asked.get();
            String from = seen.getStatus().from();
            String to = seen.getSpec().target();
            harm.inject(cluster, asked, from, to);
            operator.thaw();
            try {
                awaitEnd(asked, phase, harm);
            } finally {
                harm.undo(cluster, from, to);
            }
            if (harm != Harm.WITHDRAWN) {
                asked.awaitEnded();
            }
            cluster.awaitSettled();
            String end = endOf(seen, asked.get());
            System.out.println(
                    phase + ", " + harm + ": " + end + ", " + cluster.status().primary() + " leads");
            assertThat(harm.endsAs(phase)).as("%s in %s", harm, phase).contains(end);
            writer.awaitMore();
            writer.verify();
        } finally {
            operator.thaw();
        }
    }

    /** Between the two instances that are not on that machine, so that either can be harmed. */
    private void leadAwayFromTheGateway() {
        String primary = cluster.status().primary();
        if (!awayFromTheGateway().contains(primary)) {
            Switchover.apply(
                            cluster,
                            name("away"),
                            "target: " + awayFromTheGateway().get(0))
                    .awaitCompleted();
            cluster.awaitSettled();
        }
    }

    private List<String> awayFromTheGateway() {
        return IntStream.range(0, cluster.get().getSpec().instances())
                .filter(ordinal ->
                        !GATEWAY.equals(cluster.pod(ordinal).getSpec().getNodeName()))
                .mapToObj(ordinal -> cluster.name() + "-" + ordinal)
                .toList();
    }

    /** Asks for a switchover, and freezes the operator in a phase of it. */
    private Switchover freezeIn(Phase phase) throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            String name = name(phase.name().toLowerCase(Locale.ROOT));
            String primary = cluster.status().primary();
            String target = awayFromTheGateway().stream()
                    .filter(each -> !each.equals(primary))
                    .findFirst()
                    .orElseThrow();
            Switchover asked;
            try (Trap trap = trap(phase, name)) {
                asked = Switchover.apply(cluster, name, "target: " + target);
                trap.await(name + " is in phase " + phase);
            }
            Thread.sleep(SENT_MILLIS);
            if (isIn(phase, asked)) {
                return asked;
            }
            operator.thaw();
            asked.awaitCompleted();
            cluster.awaitSettled();
        }
        throw new AssertionError(
                "the operator was quicker, " + ATTEMPTS + " times, than it could be frozen in " + phase);
    }

    private Trap trap(Phase phase, String name) {
        Trap trap = Trap.in(cluster, operator::freeze);
        return isOnRecord(phase)
                ? trap.when(PgCluster.class, each -> isIn(phase, each.getStatus()))
                : trap.when(
                        PgSwitchover.class,
                        each -> each.getMetadata().getName().equals(name)
                                && each.getStatus() != null
                                && each.getStatus().phase() == phase);
    }

    /** The others the PgSwitchover alone has. */
    private static boolean isOnRecord(Phase phase) {
        return phase == Phase.Demoting || phase == Phase.Verifying || phase == Phase.Promoting;
    }

    private static boolean isIn(Phase phase, PgClusterStatus status) {
        return status != null
                && status.transition() != null
                && status.transition().phase().equals(phase.name());
    }

    private boolean isIn(Phase phase, Switchover asked) {
        PgClusterStatus record = cluster.status();
        return isOnRecord(phase)
                ? isIn(phase, record)
                : record.transition() == null && asked.status().phase() == phase;
    }

    /** Waits until it has ended, or until it waits for the end of the harm. */
    private static void awaitEnd(Switchover asked, Phase phase, Harm harm) {
        if (harm == Harm.WITHDRAWN) {
            return;
        }
        if (isOnRecord(phase)) {
            Waiting.await("it has ended, or only the old primary is waited for", BOUND)
                    .until(() -> asked.hasEnded() || asked.status().phase() == Phase.Following);
            return;
        }
        try {
            Waiting.await("it has ended", WAITED_FOR).until(asked::hasEnded);
        } catch (ConditionTimeoutException e) {
            // it waits for it
        }
    }

    /** The reason of its end; of one that was deleted, what the record says of it. */
    private String endOf(PgSwitchover seen, PgSwitchover now) {
        if (now != null) {
            return now.getStatus().conditions().stream()
                    .filter(each -> each.type().equals("Complete"))
                    .findFirst()
                    .orElseThrow()
                    .reason();
        }
        PgClusterStatus.Transition last = cluster.status().lastSwitchover();
        boolean begun = last != null
                && seen.getMetadata().getUid().equals(last.planned().uid());
        return !begun
                ? "NotBegun"
                : last.planned().reversal() == null
                        ? "SwitchedOver"
                        : last.planned().reversal();
    }

    private static String name(String what) {
        return what + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
