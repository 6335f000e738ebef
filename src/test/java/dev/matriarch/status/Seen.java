package dev.matriarch.status;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Names;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import dev.matriarch.decide.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cluster {@code orders} of three as it was seen, and the status that is made from it. */
final class Seen {

    static final Instant NOW = Instant.parse("2026-11-21T11:00:00.123Z");

    final PgCluster cluster;
    Protocol protocol = Protocol.founded("orders-0")
            .withDatabase("74", 1)
            .withRuleBeside(new Rule("orders-0", List.of("orders-1/e1", "orders-2/e1"), 1));
    boolean open = true;
    boolean pods = true;
    int replicas = 3;
    List<Integer> streaming = List.of(1, 2);
    List<String> pendingRestart = List.of();

    /** Other than the newest on record. */
    Optional<Rule> ruleInForce = Optional.empty();

    Lsn position = Lsn.parse("0/5000100");
    final List<Waiting> waitings = new ArrayList<>();
    final List<Problem> problems = new ArrayList<>();

    Seen(String spec) {
        cluster = Samples.cluster(spec);
    }

    /** The status, which from then on is the present one. */
    PgClusterStatus report(Instant now) {
        PgClusterStatus status = StatusBuilder.build(cluster, found(), now);
        cluster.setStatus(status);
        return status;
    }

    /** What the status is made from. */
    Report found() {
        return new Report("orders", cluster.getSpec(), observation(), waitings, problems, Optional.empty());
    }

    PgClusterStatus report() {
        return report(NOW);
    }

    private Observation observation() {
        List<Instance> instances = new ArrayList<>();
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            instances.add(instance(ordinal));
        }
        return new Observation(protocol, instances, replicas, Optional.empty(), Observation.Memory.none());
    }

    Instance instance(int ordinal) {
        boolean standby = ordinal > 0;
        Optional<Instance.Pod> pod = pods
                ? Optional.of(new Instance.Pod(
                        "uid",
                        "10.0.0." + ordinal,
                        "n" + ordinal,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        "",
                        false))
                : Optional.empty();
        List<Instance.Walsender> walsenders = standby
                ? List.of()
                : streaming.stream()
                        .map(each -> new Instance.Walsender(
                                Names.standby("orders-" + each, 1),
                                "streaming",
                                Lsn.parse("0/5000000"),
                                Lsn.parse("0/5000000"),
                                "quorum"))
                        .toList();
        boolean up = pods && (standby ? streaming.contains(ordinal) : open);
        Instance.Database database = new Instance.Database(
                standby,
                "74",
                "17.6",
                1,
                position,
                1,
                1,
                ruleInForce.orElse(protocol.newestRule()).synchronousStandbyNames(),
                open,
                true,
                Lsn.ZERO,
                walsenders,
                List.of(),
                standby,
                standby,
                standby ? Optional.of(Duration.ZERO) : Optional.empty(),
                false,
                "",
                pendingRestart);
        return new Instance(
                Names.instance("orders", ordinal),
                pod,
                Optional.empty(),
                Optional.empty(),
                up ? Instance.Contact.ANSWERED : Instance.Contact.REFUSED,
                up ? Optional.of(database) : Optional.empty());
    }
}
