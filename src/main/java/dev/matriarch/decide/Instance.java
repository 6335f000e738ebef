package dev.matriarch.decide;

import dev.matriarch.decide.Assignment.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One instance as it was seen.
 *
 * @param name such as {@code orders-1}
 * @param pod its Pod, when there is one
 * @param mark the mark beside its data; empty: it never held data of this cluster
 * @param report the last report of its supervisor; read only while SQL does not answer, or a copy was told and nothing streams yet
 * @param contact what came of the attempt to ask it
 * @param database what PostgreSQL said; empty when it did not answer
 * @param stalled for how long a small write to its disk has hung, as it says itself just now; zero: none is known to. Asked of a primary only
 */
public record Instance(
        String name,
        Optional<Pod> pod,
        Optional<Mark> mark,
        Optional<Report> report,
        Contact contact,
        Optional<Database> database,
        Duration stalled) {

    /** One whose writing is not known to hang. */
    public Instance(
            String name,
            Optional<Pod> pod,
            Optional<Mark> mark,
            Optional<Report> report,
            Contact contact,
            Optional<Database> database) {
        this(name, pod, mark, report, contact, database, Duration.ZERO);
    }

    /** What came of the attempt to ask it. */
    public enum Contact {
        /** It answered. */
        ANSWERED,
        /** Nobody listens at its address, or it has none: no PostgreSQL runs there. */
        REFUSED,
        /** PostgreSQL is starting, recovering or stopping, and admits nobody. */
        NOT_YET,
        /** Nothing came back, or something that tells nothing. */
        SILENT
    }

    /**
     * Stands behind the name of a parameter that waits for a restart and must not be lower on a standby than on the primary, where it is to be lowered: the
     * primary is restarted first.
     */
    public static final String LOWERED = " lowered";

    /**
     * A Pod.
     *
     * @param uid its identity
     * @param address its IP; empty until it has one
     * @param node its node; empty until scheduled
     * @param terminating whether it is being deleted
     * @param assignment what it was told
     * @param role the role on its label
     * @param outdated whether its template has changed since it was made, so that something waits for its next start
     * @param trouble why it cannot start or is not ready, in Kubernetes' words; empty when nothing is known
     * @param idle whether its container of PostgreSQL does not run
     */
    public record Pod(
            String uid,
            String address,
            String node,
            boolean terminating,
            Optional<Assignment> assignment,
            Optional<Role> role,
            boolean outdated,
            String trouble,
            boolean idle) {}

    /**
     * What a supervisor said last.
     *
     * @param step the step, such as {@code waiting} or {@code refused}
     * @param deed the deed it was told to do, in its words; empty for none
     * @param epoch the epoch it keeps
     * @param volume {@code empty}, {@code data} or {@code foreign}
     * @param reason one word; empty when nothing is wrong
     * @param message a sentence for people
     * @param data what is on the volume; empty while PostgreSQL runs
     */
    public record Report(
            String step,
            String deed,
            long epoch,
            String volume,
            String reason,
            String message,
            Optional<Stopped> data) {
        private static final Set<String> RUNNING =
                Set.of("running", "configured", "gate-opened", "configuration-refused");

        /** One that says nothing of the data. */
        public Report(String step, String deed, long epoch, String volume, String reason, String message) {
            this(step, deed, epoch, volume, reason, message, Optional.empty());
        }

        /** Whether PostgreSQL runs, as far as its supervisor knows. */
        public boolean saysItRuns() {
            return RUNNING.contains(step);
        }

        /** Whether it could neither initialise nor start PostgreSQL, and tries again. It says so anew when it begins to. */
        public boolean cannotStart() {
            return "failed".equals(step) && ("start".equals(reason) || "initdb".equals(reason));
        }

        /** Whether what is on its volume is damaged, so that PostgreSQL does not start with it. */
        boolean isDamaged() {
            return "damaged".equals(reason) && ("refused".equals(step) || "failed".equals(step));
        }

        /** Whether there is nothing on its volume that PostgreSQL could be started with. */
        boolean hasNothingToStart() {
            return refused("empty") || isDamaged();
        }

        /** Whether PostgreSQL has ended cleanly though its supervisor was told to run it. It is started again only by other words. */
        public boolean endedUnasked() {
            return "stopped".equals(step) && "unasked".equals(reason);
        }

        /** Whether the supervisor refused what it was told, for whatever reason. */
        boolean isRefusal() {
            return "refused".equals(step);
        }

        /** Whether the supervisor refused what it was told, for this reason. */
        public boolean refused(String why) {
            return "refused".equals(step) && why.equals(reason);
        }
    }

    /**
     * What the control file says of a database that does not run.
     *
     * @param systemIdentifier identifier of the database cluster
     * @param state the state of the database cluster, in PostgreSQL's words
     * @param timeline of its last checkpoint
     * @param checkpoint where that begins
     */
    public record Stopped(String systemIdentifier, String state, long timeline, Lsn checkpoint) {
        private static final String CLEANLY = "shut down";

        /** Whether it was a primary that has ended cleanly: its last checkpoint is the last thing that it wrote, and was sent to who streamed. */
        boolean cleanly() {
            return CLEANLY.equals(state);
        }
    }

    /**
     * What PostgreSQL said of itself.
     *
     * @param inRecovery whether it is a standby
     * @param systemIdentifier identifier of the database cluster
     * @param version {@code server_version} without the packager's words
     * @param timeline timeline it writes or replays; of a standby read after the position, which is on none that is newer
     * @param position end of what it wrote; of a standby the larger one of received and replayed
     * @param epoch epoch of its last deed
     * @param generation generation of the rule in force
     * @param synchronousStandbyNames the rule in force, as PostgreSQL has it
     * @param gateOpen whether clients are admitted
     * @param bootstrapped whether the bootstrap was done
     * @param oldestWal the oldest position that it still has
     * @param walsenders what a primary knows of its standbys
     * @param slots its replication slots
     * @param receiving whether a standby's walreceiver streams
     * @param streamed whether it has received anything since it was started
     * @param heard how long ago a standby last heard from its upstream; empty when it is not connected
     * @param detached whether a standby has no upstream, nothing is on its way to it any more, and its position is final
     * @param configuration digest of the configuration in force
     * @param pendingRestart parameters that wait for a restart, with {@link #LOWERED} behind some
     * @param selfFence how long it goes on as a primary without a heartbeat, as its supervisor says; zero: for ever
     * @param upstream the instance to which a standby's walreceiver is connected; empty: to none, or it is not known
     * @param hindrance what keeps a standby from being detached once it has no upstream, in words; empty: nothing is
     *     known to
     * @param replayed end of what a standby has replayed, at the end of a record; what it has received beyond may end in the middle of one. Of a primary its position
     * @param history the timelines before the one it is on
     * @param begun whether a standby without an upstream has begun to follow a timeline of which it has nothing: it could neither lead nor follow who was never on that, and so is not detached
     *     before it was started anew
     * @param paused whether a standby's replay is paused, so that it does not connect to its upstream again once that connection has ended
     */
    public record Database(
            boolean inRecovery,
            String systemIdentifier,
            String version,
            long timeline,
            Lsn position,
            long epoch,
            long generation,
            String synchronousStandbyNames,
            boolean gateOpen,
            boolean bootstrapped,
            Lsn oldestWal,
            List<Walsender> walsenders,
            List<Slot> slots,
            boolean receiving,
            boolean streamed,
            Optional<Duration> heard,
            boolean detached,
            String configuration,
            List<String> pendingRestart,
            Duration selfFence,
            String upstream,
            String hindrance,
            Lsn replayed,
            History history,
            boolean begun,
            boolean paused) {

        /** One that does not stop itself, and of which no more is known. */
        public Database(
                boolean inRecovery,
                String systemIdentifier,
                String version,
                long timeline,
                Lsn position,
                long epoch,
                long generation,
                String synchronousStandbyNames,
                boolean gateOpen,
                boolean bootstrapped,
                Lsn oldestWal,
                List<Walsender> walsenders,
                List<Slot> slots,
                boolean receiving,
                boolean streamed,
                Optional<Duration> heard,
                boolean detached,
                String configuration,
                List<String> pendingRestart) {
            this(
                    inRecovery,
                    systemIdentifier,
                    version,
                    timeline,
                    position,
                    epoch,
                    generation,
                    synchronousStandbyNames,
                    gateOpen,
                    bootstrapped,
                    oldestWal,
                    walsenders,
                    slots,
                    receiving,
                    streamed,
                    heard,
                    detached,
                    configuration,
                    pendingRestart,
                    Duration.ZERO,
                    "",
                    "",
                    position,
                    History.none(),
                    false,
                    false);
        }

        /** Whether it is known to have all of a timeline up to a position. */
        boolean has(long ofTimeline, Lsn until) {
            return timeline == ofTimeline && position.reaches(until)
                    || history.end(ofTimeline).filter(end -> end.reaches(until)).isPresent();
        }

        /** Whether a standby has no upstream and receives nothing any more, so that it is to be compared before it is pointed to anybody. */
        boolean waitsForUpstream() {
            return detached || begun;
        }

        /** Whether a standby's walreceiver is known to be connected to another than this instance. */
        boolean receivesFromAnother(String instance) {
            return !upstream.isEmpty() && !upstream.equals(instance);
        }

        /**
         * Whether a record that ends at a position on a timeline is known not to be a part of what this one has or will have: it is beyond where this one has left that
         * timeline, or on one that this one was never on.
         */
        boolean hasPartedFrom(long itsTimeline, Lsn itsPosition) {
            boolean known = timeline == 1 || !history.ends().isEmpty();
            return known
                    && itsTimeline != 0
                    && itsTimeline != timeline
                    && !itsPosition.equals(Lsn.ZERO)
                    && history.end(itsTimeline)
                            .filter(end -> end.reaches(itsPosition))
                            .isEmpty();
        }

        /** Whether something waits to be lowered. A primary of which this is so must be restarted before its standbys. */
        public boolean waitsToLower() {
            return pendingRestart.stream().anyMatch(each -> each.endsWith(LOWERED));
        }
    }

    /** A standby as its primary sees it. */
    public record Walsender(String standby, String state, Lsn flushed, Lsn replayed, String syncState) {
        /** Whether it streams, rather than catching up or being copied. */
        public boolean streams() {
            return "streaming".equals(state);
        }
    }

    /** A physical replication slot. */
    public record Slot(String name, boolean active) {}

    /** The same with what PostgreSQL said, if it did. */
    public Instance withDatabase(Optional<Database> said) {
        return new Instance(name, pod, mark, report, contact, said, stalled);
    }

    /** The same with what its supervisor said. */
    public Instance withReport(Report said) {
        return new Instance(name, pod, mark, Optional.of(said), contact, database, stalled);
    }

    /** The same with what keeps its Pod from starting or from being ready. */
    public Instance withTrouble(String trouble) {
        return withPod(trouble, pod.filter(Pod::idle).isPresent());
    }

    /** The same with a container of PostgreSQL that does not run. */
    public Instance withoutProcess() {
        return withPod(pod.map(Pod::trouble).orElse(""), true);
    }

    private Instance withPod(String trouble, boolean idle) {
        return new Instance(
                name,
                pod.map(each -> new Pod(
                        each.uid(),
                        each.address(),
                        each.node(),
                        each.terminating(),
                        each.assignment(),
                        each.role(),
                        each.outdated(),
                        trouble,
                        idle)),
                mark,
                report,
                contact,
                database,
                stalled);
    }

    /** The same with what came of the attempt to ask it. */
    public Instance withContact(Contact made) {
        return new Instance(name, pod, mark, report, made, database, stalled);
    }

    /** The same with a write that has hung for so long. */
    public Instance withStalled(Duration hung) {
        return new Instance(name, pod, mark, report, contact, database, hung);
    }

    /** Whether its disk takes no write any more, for so long that it is not waited for. It may answer all the same. */
    boolean isStalled() {
        return stalled.compareTo(Detection.STALL) >= 0;
    }

    /** Whether PostgreSQL answers as a standby of this database cluster. */
    boolean follows(Protocol protocol) {
        return database.filter(
                        each -> each.inRecovery() && each.systemIdentifier().equals(protocol.systemIdentifier()))
                .isPresent();
    }

    /**
     * What it has, if it was the primary of the epoch before, does not run, and was told of the recorded epoch: it is started again only as what is told in
     * this one or a later one.
     */
    Optional<Stopped> stopped(Protocol protocol) {
        return database.isPresent()
                ? Optional.empty()
                : report.filter(said -> !said.saysItRuns() && said.epoch() == protocol.epoch())
                        .flatMap(Report::data)
                        .filter(data -> data.systemIdentifier().equals(protocol.systemIdentifier()));
    }

    /**
     * Whether it shows that its supervisor has taken these words: by what its PostgreSQL is, or else by its last report. Of one that says nothing it is believed.
     */
    public boolean hasTaken(Assignment told) {
        boolean saysSo = report.isEmpty()
                || told.deed().name().equalsIgnoreCase(report.get().deed())
                        && report.get().epoch() >= told.epoch();
        if (database.isEmpty()) {
            return saysSo;
        }
        Database its = database.get();
        boolean isIt = its.epoch() >= told.epoch() && its.inRecovery() == (told.role() == Assignment.Role.STANDBY);
        return switch (told.deed()) {
            case INITIALISE, RUN -> isIt;
            case CLONE -> isIt && (its.receiving() || saysSo);
            case REJOIN -> isIt && its.receiving();
            case STOP -> false;
        };
    }

    /** Ordinal in the StatefulSet. */
    public int ordinal() {
        return Names.ordinal(name);
    }

    /** Whether there is a Pod that is not being deleted. */
    public boolean hasLivePod() {
        return pod.isPresent() && !pod.get().terminating();
    }

    /** Whether PostgreSQL answers and is out of recovery. */
    public boolean leads() {
        return database.isPresent() && !database.get().inRecovery();
    }
}
