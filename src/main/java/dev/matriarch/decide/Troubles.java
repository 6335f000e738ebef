package dev.matriarch.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What keeps an instance from running, in a person's words. */
final class Troubles {

    /** Why an assignment is refused until the operator gives another, which it does by itself. */
    private static final Set<String> PASSING = Set.of("stale-epoch", "empty", "was-primary", "is-standby", "rewind");

    private Troubles() {}

    static List<Waiting> of(Observation seen) {
        List<Waiting> all = new ArrayList<>();
        recordBehind(seen).ifPresent(all::add);
        for (Instance each : seen.instances()) {
            each.pod()
                    .filter(pod -> !pod.trouble().isEmpty())
                    .ifPresent(
                            pod -> all.add(new Waiting(Waiting.Reason.PodTrouble, each.name() + ": " + pod.trouble())));
            if (each.isStalled()) {
                all.add(new Waiting(
                        Waiting.Reason.DiskStalled,
                        each.name() + ": its disk takes no write, one has hung for more than "
                                + Detection.STALL.toSeconds()
                                + " s. Writes to the cluster wait for it, or for another that leads."));
            }
            each.report().filter(report -> each.database().isEmpty()).ifPresent(report -> of(each, report, seen, all));
        }
        return all;
    }

    /** What is done on an instance is refused there if it is of an older record than the instance has seen. So nothing is lost, and nothing goes on. */
    private static Optional<Waiting> recordBehind(Observation seen) {
        Protocol protocol = seen.protocol();
        if (!protocol.initialised()) {
            return Optional.empty();
        }
        return seen.instances().stream()
                .filter(each -> each.database()
                        .filter(said -> said.systemIdentifier().equals(protocol.systemIdentifier()))
                        .filter(said -> isBeyond(said, protocol))
                        .isPresent())
                .findFirst()
                .map(each -> new Waiting(
                        Waiting.Reason.RecordBehind,
                        "The status is older than PostgreSQL: it says epoch " + protocol.epoch() + ", rule generation "
                                + protocol.ruleGeneration() + ", and " + each.name() + " has seen epoch "
                                + each.database().get().epoch() + ", generation "
                                + each.database().get().generation()
                                + ". Was it restored from an older copy, as with etcd? What is decided upon it is refused by the instances;"
                                + " they go on as they are. Restore the newer status."));
    }

    private static boolean isBeyond(Instance.Database said, Protocol protocol) {
        return said.epoch() > protocol.epoch()
                || said.epoch() == protocol.epoch()
                        && !said.inRecovery()
                        && said.generation() > protocol.ruleGeneration();
    }

    private static void of(Instance instance, Instance.Report report, Observation seen, List<Waiting> all) {
        String name = instance.name();
        boolean primary = name.equals(seen.protocol().primary());
        if (report.refused("empty") && primary) {
            boolean isElsewhere =
                    seen.standbys().stream().anyMatch(each -> each.mark().isPresent());
            all.add(
                    new Waiting(
                            Waiting.Reason.VolumeRefused,
                            name + " is the primary and its volume is empty. Nothing is initialised over the cluster. "
                                    + (isElsewhere
                                            ? "Give its data back; or let one of the others lead, which have data."
                                            : "Give its data back, or delete the cluster with all that it leaves behind, and begin anew.")));
        } else if (report.refused("stale-epoch")
                && report.epoch() > seen.protocol().epoch()) {
            all.add(
                    new Waiting(
                            Waiting.Reason.RecordBehind,
                            name + " keeps epoch " + report.epoch() + ", and the status says epoch "
                                    + seen.protocol().epoch() + ", so it does nothing that it is told. "
                                    + (seen.protocol().initialised()
                                            ? "Was the status restored from an older copy, or was " + name
                                                    + " away when the cluster was taken up again? Restore the newer status."
                                            : "Its volume holds a cluster of which neither the status nor the mark on any volume claim"
                                                    + " tells: nothing is initialised over it. Put the marks back, or give it an empty volume.")));
        } else if (report.isDamaged()) {
            all.add(new Waiting(
                    Waiting.Reason.InstanceFailed,
                    name + ": its data is damaged. "
                            + (primary
                                    ? "It is the primary, and nothing is made over that: mend it, or let one of the others lead, which have data."
                                    : "It is copied anew from the primary.")
                            + " " + report.message()));
        } else if (report.refused("foreign") || report.refused("occupied")) {
            all.add(new Waiting(
                    Waiting.Reason.VolumeRefused,
                    name + ": its volume holds data of another database cluster, which is left alone. "
                            + report.message()));
        } else if (report.refused("configuration")) {
            all.add(new Waiting(
                    Waiting.Reason.InstanceFailed,
                    name + " cannot start with spec.postgresql.parameters or spec.postgresql.hba. "
                            + report.message()));
        } else if ("failed".equals(report.step())
                && "initdb".equals(report.reason())
                && report.message().contains("locale")) {
            all.add(new Waiting(
                    Waiting.Reason.InstanceFailed,
                    "spec.bootstrap.locale: " + name + " cannot initialise the cluster: " + report.message()
                            + ". Delete the PgCluster and make it again with a locale that the image has."));
        } else if ("failed".equals(report.step()) && "start".equals(report.reason())) {
            all.add(
                    new Waiting(
                            Waiting.Reason.InstanceFailed,
                            name + " does not start: " + report.message()
                                    + (report.message().endsWith(".") ? "" : ".")
                                    + " If that comes of spec.postgresql.parameters, correct them; it is tried again by itself."));
        } else if ("failed".equals(report.step())
                || "refused".equals(report.step()) && !PASSING.contains(report.reason())
                || "configuration-refused".equals(report.step())) {
            all.add(new Waiting(Waiting.Reason.InstanceFailed, name + ": " + report.message()));
        }
    }
}
