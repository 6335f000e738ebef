package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A cluster as it was seen at one time. Immutable.
 *
 * @param protocol what the status records
 * @param instances all instances that have a Pod or a volume, by ordinal
 * @param replicas the StatefulSet's replicas; -1 while there is no StatefulSet
 * @param route where {@code <cluster>-primary} leads to; empty: nowhere
 * @param memory what the operator remembers from earlier rounds; a new operator remembers nothing
 */
public record Observation(
        Protocol protocol, List<Instance> instances, int replicas, Optional<String> route, Memory memory) {

    /**
     * What is worth remembering between two rounds. Losing it costs time and nothing else.
     *
     * @param marker the last WAL marker that was written for a change of the rule
     * @param absentSince since when a standby that follows, or ought to, does not stream, by instance
     * @param lost since when the recorded primary does not answer; empty while it does, or all are stopped
     * @param transitionFor for how long this operator has known, by a clock that never jumps, that the transition of the recorded epoch is under way; zero while
     *     none is
     * @param checkpoint the last one that was written ahead of a switchover
     * @param silentSince since when an instance has been silent whenever it was asked, by instance
     */
    public record Memory(
            Optional<Marker> marker,
            Map<String, Instant> absentSince,
            Optional<Lost> lost,
            Duration transitionFor,
            Optional<Checkpoint> checkpoint,
            Map<String, Instant> silentSince) {

        /** Of no transition. */
        public Memory(Optional<Marker> marker, Map<String, Instant> absentSince, Optional<Lost> lost) {
            this(marker, absentSince, lost, Duration.ZERO, Optional.empty(), Map.of());
        }

        /** Since when the recorded primary does not answer; empty while it does, or all are stopped. */
        public Optional<Instant> lostSince() {
            return lost.map(Lost::since);
        }

        /** The same of a transition. */
        public Memory during(Duration known) {
            return new Memory(marker, absentSince, lost, known, checkpoint, silentSince);
        }

        /** The same with another marker. */
        public Memory with(Marker written) {
            return new Memory(Optional.of(written), absentSince, lost, transitionFor, checkpoint, silentSince);
        }

        /** The same with a checkpoint that has ended. */
        public Memory withCheckpoint(String of, Instant endedAt, Duration took) {
            int before = checkpoint
                    .filter(each -> each.of().equals(of))
                    .map(Checkpoint::number)
                    .orElse(0);
            return new Memory(
                    marker,
                    absentSince,
                    lost,
                    transitionFor,
                    Optional.of(new Checkpoint(of, endedAt, took, before + 1)),
                    silentSince);
        }

        /** Nothing is remembered. */
        public static Memory none() {
            return new Memory(Optional.empty(), Map.of(), Optional.empty());
        }
    }

    /**
     * A primary that does not answer.
     *
     * @param primary which one: of another, nothing is remembered
     * @param since when that was first seen, by the operator's clock
     */
    public record Lost(String primary, Instant since) {}

    /**
     * A WAL marker.
     *
     * @param generation the rule's; it was in force when the marker was written
     * @param position a walsender whose standby has flushed past it has taken this rule
     * @param afterReload whether all walsenders that may count had taken it before; then nothing past this position was ever acknowledged by an older rule
     */
    public record Marker(long generation, Lsn position, boolean afterReload) {}

    /**
     * A checkpoint that was written ahead of a switchover.
     *
     * @param of which switchover, in which epoch
     * @param endedAt when it had been written, by the operator's clock
     * @param took how long that took
     * @param number how many were written for this switchover, with this one; at least 1
     */
    public record Checkpoint(String of, Instant endedAt, Duration took, int number) {}

    public Observation {
        List<Instance> byOrdinal = new ArrayList<>(instances);
        byOrdinal.sort(Comparator.comparingInt(Instance::ordinal));
        instances = List.copyOf(byOrdinal);
    }

    /**
     * What is known without another look once a plan was done, if that is enough to go on: the same under the record that was written, where it is one of a failover. Clients
     * wait, and what follows from it was seen before: who is to be detached, and who is to follow whom. It is what an operator does that looked and then slept, which it may
     * always do: each deed is refused by an instance that has seen a later epoch.
     */
    public Optional<Observation> after(Plan done) {
        return done.steps().isEmpty() || !(done.steps().get(done.steps().size() - 1) instanceof Step.Record record)
                ? Optional.empty()
                : record.next()
                        .transition()
                        .filter(each -> each.kind() == Transition.Kind.Failover)
                        .map(each -> new Observation(
                                record.next(),
                                instances,
                                done.replicas(),
                                done.route(),
                                each.epoch() == protocol.epoch() ? memory : memory.during(Duration.ZERO)));
    }

    /** The instance of a name. */
    public Optional<Instance> instance(String name) {
        for (Instance each :
                instances) { // asked so often that a stream for each time was a seventh of a simulation's time
            if (each.name().equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** The instance that leads in the recorded epoch, when it was seen. */
    public Optional<Instance> primary() {
        return protocol.primary() == null ? Optional.empty() : instance(protocol.primary());
    }

    /** What the recorded primary's PostgreSQL said, when it answers and is out of recovery. */
    public Optional<Instance.Database> primaryDatabase() {
        return primary().filter(Instance::leads).flatMap(Instance::database);
    }

    /** Who is to lead when the transition that is under way has ended, when it was seen. */
    Optional<Instance> transitionTarget() {
        return protocol.transition().flatMap(Transition::to).flatMap(this::instance);
    }

    /** All instances but the recorded primary. */
    public List<Instance> standbys() {
        List<Instance> others = new ArrayList<>(instances.size());
        for (Instance each : instances) {
            if (!each.name().equals(protocol.primary())) {
                others.add(each);
            }
        }
        return Collections.unmodifiableList(others);
    }

    /** What is to be remembered of it. */
    public Memory remembered(Instant now) {
        Map<String, Instant> absent = standbys().stream()
                .filter(this::isAbsent)
                .map(Instance::name)
                .collect(Collectors.toUnmodifiableMap(
                        name -> name, name -> earlier(memory.absentSince().getOrDefault(name, now), now)));
        Map<String, Instant> silent = instances.stream()
                .filter(each -> each.contact() == Instance.Contact.SILENT)
                .map(Instance::name)
                .collect(Collectors.toUnmodifiableMap(
                        name -> name, name -> earlier(memory.silentSince().getOrDefault(name, now), now)));
        return new Memory(memory.marker(), absent, lost(now), memory.transitionFor(), memory.checkpoint(), silent);
    }

    private Optional<Lost> lost(Instant now) {
        boolean answers = isElected()
                ? primary().flatMap(Instance::database).isPresent() // who is in recovery until it is promoted
                : primaryDatabase().isPresent();
        // Of a cluster that is to be taken up again nobody is missed in particular; who then leads is missed from when
        // it was told to.
        Optional<String> missed =
                Optional.ofNullable(protocol.primary()).or(() -> newestMark().map(each -> ""));
        if (answers || replicas < 1 || missed.isEmpty()) {
            return Optional.empty(); // nobody is missed while all are stopped
        }
        Instant since = memory.lost()
                .filter(before -> before.primary().equals(missed.get()))
                .map(Lost::since)
                .orElse(now);
        return Optional.of(new Lost(missed.get(), earlier(since, now)));
    }

    private boolean isElected() {
        return protocol.phase().equals(Optional.of(Transition.Phase.Promoting));
    }

    /** Of a clock that was put back nothing in the future is remembered. */
    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Only a primary that answers, or an elected, knows who is away. One that was not pointed to it yet is not. */
    private boolean isAbsent(Instance standby) {
        boolean waits = standby.database()
                .filter(database -> database.epoch() < protocol.epoch() || database.waitsForUpstream())
                .isPresent();
        Optional<Instance.Database> upstream = primary().flatMap(Instance::database);
        if (waits || upstream.isEmpty()) {
            return false;
        }
        return upstream.get().inRecovery()
                ? standby.database().filter(Instance.Database::receiving).isEmpty()
                : !streams(standby);
    }

    /** The newest of all marks. */
    public Optional<Mark> newestMark() {
        Optional<Mark> newest = Optional.empty();
        for (Instance each : instances) {
            if (each.mark().isPresent()
                    && (newest.isEmpty() || each.mark().get().isAtLeast(newest.get()))) {
                newest = each.mark();
            }
        }
        return newest;
    }

    /** The primary's walsender of a standby in the recorded epoch. */
    public Optional<Instance.Walsender> walsender(Instance standby) {
        Optional<Instance.Database> database = primaryDatabase();
        if (database.isEmpty()) {
            return Optional.empty();
        }
        String name = Names.standby(standby.name(), protocol.epoch());
        for (Instance.Walsender each : database.get().walsenders()) {
            if (each.standby().equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a standby streams: its primary says so in this epoch, and what the standby says of itself, when it answers, agrees.
     * {@code state = 'streaming'} alone was seen on a standby that had diverged.
     */
    public boolean streams(Instance standby) {
        if (walsender(standby).filter(Instance.Walsender::streams).isEmpty()) {
            return false;
        }
        if (standby.database().isEmpty()) {
            // The primary holds on for seconds to the connection of a Pod that is gone or of a server that has ended.
            return standby.hasLivePod()
                    && !standby.pod().get().address().isEmpty()
                    && standby.report().filter(report -> !report.saysItRuns()).isEmpty();
        }
        return standby.database().get().inRecovery()
                && standby.database().get().receiving()
                && standby.database().get().timeline() == protocol.timeline();
    }
}
