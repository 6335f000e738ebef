package dev.matriarch.decide;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The first records of a cluster.
 *
 * <p>Invariant: {@code initialise} is assigned only while no system identifier is recorded, neither in the status nor in any mark beside data, and
 * only to the one instance that the record names. So at most one database cluster ever comes out of it: if the operator dies after the
 * assignment, the next one finds the same record and names the same instance; the supervisor, told again, goes on with what it made. If that
 * volume is lost before its identifier was recorded, nobody else has started from it and initialising again is right. After the identifier is
 * recorded it never happens again, whatever is missing.
 *
 * <p>A status that is empty or older than a mark is that of a PgCluster that was deleted and made again, or restored from an old copy: the
 * cluster goes on led by the instance that led it, with all rules of that mark on record. Whoever acknowledged anything stands on a mark ({@link Marks}), so no other has more. The
 * epoch is one after the highest that any mark knows, and that any instance keeps: an epoch that was opened and in which nobody was elected bears no mark, and who was told of it
 * would refuse a smaller one, and a deed of it must not be taken for one of the new. So all that bear a mark are heard first, or missed for long. Should the one that led not come, or be
 * one that was elected and not promoted yet, the others are started without an upstream ({@link Assigning}), and it is a failover like any other.
 */
final class Founding {

    private Founding() {}

    /** What a mark knows, if the record is older. */
    static Optional<Protocol> earlier(Observation seen) {
        return seen.newestMark().filter(each -> each.isAfter(seen.protocol())).map(Mark::protocol);
    }

    /**
     * Takes an earlier cluster up again, once it is known which epochs were opened.
     *
     * @param replicas how many instances there are to be
     */
    static Optional<Step> takeUp(
            Intent intent, Protocol last, int replicas, Observation seen, Instant now, List<Waiting> waitings) {
        if (intent.hibernated()) {
            return Optional.empty(); // nobody can be heard
        }
        List<String> unheard = seen.instances().stream()
                .filter(each -> each.mark().isPresent() && each.ordinal() < replicas)
                .filter(each -> each.database().isEmpty() && each.report().isEmpty())
                .map(Instance::name)
                .toList();
        if (!unheard.isEmpty() && !Detection.isMissedForLong(seen, now)) {
            waitings.add(new Waiting(
                    Waiting.Reason.InstancesStarting,
                    "Volumes of an earlier cluster of this name are taken up again, once " + String.join(", ", unheard)
                            + (unheard.size() == 1 ? " has" : " have") + " said in which epoch "
                            + (unheard.size() == 1 ? "it is." : "they are.")));
            return Optional.empty();
        }
        long epoch =
                1 + seen.instances().stream().mapToLong(Founding::keptEpoch).reduce(last.epoch(), Math::max);
        return Optional.of(new Step.Record(
                seen.protocol(),
                last.takenUp(epoch),
                "volumes of an earlier cluster of this name are taken up again in epoch " + epoch));
    }

    private static long keptEpoch(Instance instance) {
        return Math.max(
                instance.database().map(Instance.Database::epoch).orElse(0L),
                instance.report().map(Instance.Report::epoch).orElse(0L));
    }

    /** The first records of a cluster that there was not before. */
    static Optional<Step.Record> record(Intent intent, Observation seen, List<Waiting> waitings) {
        Protocol recorded = seen.protocol();
        if (recorded.epoch() == 0) {
            String first = Names.instance(intent.cluster(), 0);
            return Optional.of(
                    new Step.Record(recorded, Protocol.founded(first), first + " is to initialise the cluster"));
        }
        if (recorded.initialised()) {
            return Optional.empty();
        }
        Optional<Instance.Database> database = seen.primaryDatabase();
        if (database.isPresent()) {
            Instance.Database said = database.get();
            return Optional.of(new Step.Record(
                    recorded,
                    recorded.withDatabase(said.systemIdentifier(), said.timeline()),
                    recorded.primary() + " initialised the cluster with system identifier " + said.systemIdentifier()));
        }
        boolean isRefused = seen.primary()
                .flatMap(Instance::report)
                .filter(Instance.Report::isRefusal)
                .isPresent();
        if (!isRefused) {
            waitings.add(new Waiting(
                    Waiting.Reason.Initialising,
                    recorded.primary() + " initialises the cluster; the others start after it."));
        }
        return Optional.empty();
    }
}
