package dev.matriarch.decide;

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
 * cluster goes on in the epoch after the highest that any mark knows, led by the instance that led it, with all rules of that mark on record.
 */
final class Founding {

    private Founding() {}

    static Optional<Step.Record> record(Intent intent, Observation seen, List<Waiting> waitings) {
        Protocol recorded = seen.protocol();
        Optional<Mark> mark = seen.newestMark().filter(each -> each.isAfter(recorded));
        if (mark.isPresent()) {
            Protocol last = mark.get().protocol();
            return Optional.of(new Step.Record(
                    recorded,
                    last.nextEpoch(last.primary()),
                    "volumes of an earlier cluster of this name are taken up again in epoch " + (last.epoch() + 1)));
        }
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
        waitings.add(new Waiting(
                Waiting.Reason.Initialising,
                recorded.primary() + " initialises the cluster; the others start after it."));
        return Optional.empty();
    }
}
