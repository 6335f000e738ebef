package dev.matriarch.decide;

import dev.matriarch.decide.Assignment.Deed;
import dev.matriarch.decide.Assignment.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The model of one instance: its volume, which outlives Pods, its Pod, and the PostgreSQL that its supervisor runs, each as simple as docs/supervisor.md allows.
 * Nothing moves by itself: {@link World} says when a supervisor or PostgreSQL takes its next step.
 */
final class Machine {

    /** What is on a volume. */
    static final class Data {
        static final long NO_MARKER = Long.MAX_VALUE;

        /** Who is promoted by hand acknowledges nothing. */
        static final Rule NOBODY = new Rule("nobody", List.of("promoted-by-hand"), 1);

        final String systemIdentifier;
        boolean standby;
        Wal wal = new Wal();
        long oldestWal;
        long epoch;
        long generation;
        String names = "";
        Rule rule;

        /** Behind the first reload of the rule: a walsender whose standby has it has reloaded too. */
        long marker = NO_MARKER;

        /** Where the last checkpoint begins that the control file knows of. */
        long checkpoint;

        boolean bootstrapped;
        String upstream = "";
        final TreeSet<String> slots = new TreeSet<>();

        Data(String systemIdentifier) {
            this.systemIdentifier = systemIdentifier;
        }

        long position() {
            return wal.end();
        }

        /** Goes on, by something that is no commit of a client. */
        void write(int records) {
            for (int i = 0; i < records; i++) {
                wal.append();
            }
        }

        /** Commits wait for somebody that nobody is. */
        void forgetRule() {
            rule = NOBODY;
            names = rule.synchronousStandbyNames();
        }

        /** What pg_basebackup makes of it for a standby. */
        Data copy() {
            Data copy = new Data(systemIdentifier);
            copy.standby = true;
            copy.wal = wal.copy();
            copy.bootstrapped = bootstrapped;
            return copy;
        }
    }

    /** A walsender: how far its standby is, and the rule that it has loaded, which is that of the last reload or an older one. */
    static final class Sender {
        long flushed;
        Rule rule;

        /** It has sent all that there is of a timeline that its standby will never get beyond. It stays connected, and counts for nothing until it is asked for the same again. */
        boolean ended;
    }

    final String name;

    // the volume
    boolean claim;
    Optional<Mark> mark = Optional.empty();
    Data data;

    /** Whether there is something on the volume that PostgreSQL does not start with. */
    private boolean damaged;

    long initialisedIn;
    long keptEpoch;
    Assignment cloned;
    Assignment rejoined;

    /** How long it goes on as a primary without a heartbeat; zero: for ever. */
    Duration fence = Duration.ZERO;

    // the Pod
    Optional<String> uid = Optional.empty();
    String address = "";
    Optional<Assignment> assignment = Optional.empty();
    Optional<Role> role = Optional.empty();

    /** Since when its disk takes no write; what is written meanwhile is in memory only. */
    Optional<Instant> stalledSince = Optional.empty();

    /** How much of its WAL is on the disk that has stalled. */
    private long written;

    // the supervisor and its PostgreSQL
    String refused = "";

    /** The newest of its own readings that came back, and the generation that it came with. */
    Optional<Duration> beat = Optional.empty();

    long beatGeneration;
    Data copying;

    /** What it was told before its node lost the API server. */
    private Optional<Assignment> heard = Optional.empty();

    /** What it was told when it began what it does; another assignment ends that. */
    Assignment begun;

    boolean up;

    /** How often PostgreSQL has ended: no session outlives that. */
    int ends;

    boolean gateOpen;

    /** A fast shutdown was begun: its clients are gone, and its walsenders send what is left. */
    boolean stopping;

    /** What it was told when it was ended by a fast shutdown that was not what it was told. */
    private Assignment ended;

    /** It ended by that, so its last record is a checkpoint; not, if it died. */
    boolean endedCleanly;

    boolean receiving;
    boolean streamed;

    /** Its walreceiver was told to stop, and may still bring something. */
    boolean dying;

    /** What an operator whose cache is behind still sees. */
    Optional<Mark> markBefore = Optional.empty();

    Optional<Assignment> assignmentBefore = Optional.empty();

    /** Its replay does not move, by somebody's will: what it has it keeps, and its walreceiver goes on, whatever its upstream is to be. */
    boolean paused;

    /** It knows this timeline of its upstream and has nothing of it yet; 0: there is none. It connects to nobody who was never on that, and ends if it is promoted. */
    long begunTimeline;

    /** An operator has it started anew, as a standby without an upstream, whatever it was told. */
    private boolean startsAnew;

    /** Its node is gone for good. */
    boolean dead;

    String source = "";

    /** The name under which its walreceiver connected; a later epoch does not change it. */
    String connectedAs = "";

    Instant heardAt = Instant.EPOCH;
    long startedAt;
    final Map<String, Sender> senders = new TreeMap<>();

    /** Commits that wait for their acknowledgement, by their position. */
    final TreeMap<Long, Long> waiting = new TreeMap<>();

    // the network
    boolean answers = true;
    boolean linked = true;

    /** Whom alone it does not reach, and who does not reach it. */
    final Set<String> parted = new TreeSet<>();

    Machine(String name) {
        this.name = name;
    }

    boolean leads() {
        return up && !data.standby;
    }

    /** Whether the two see each other. */
    boolean isLinkedTo(Machine other) {
        return linked && other.linked && !parted.contains(other.name);
    }

    /** The link between the two, and no other, breaks. */
    void partFrom(Machine other) {
        parted.add(other.name);
        other.parted.add(name);
    }

    void meet(Machine other) {
        parted.remove(other.name);
        other.parted.remove(name);
    }

    /** Nobody is waited for by a primary that has no rule. */
    boolean waitsForNobody() {
        return data.rule == null || data.rule.required() == 0;
    }

    /** The name under which it would connect. */
    String standbyName() {
        return Names.standby(name, data.epoch);
    }

    /** Its node loses the API server: what it is told from now on does not reach it. */
    void hearsNothingNew() {
        heard = assignment;
    }

    void hearsAgain() {
        heard = Optional.empty();
    }

    /** The Pod goes; the volume stays. */
    void losePod() {
        restart();
        hearsAgain();
        uid = Optional.empty();
        address = "";
        assignment = Optional.empty();
        assignmentBefore = Optional.empty();
        role = Optional.empty();
    }

    /** The container is made anew in the same Pod: its supervisor knows what it is told and what is on the volume, and nothing else. */
    void restart() {
        crash();
        refused = "";
        beat = Optional.empty();
        beatGeneration = 0;
        ended = null;
    }

    /**
     * Its node is lost for good.
     *
     * @param podStays whether its Pod is still there, as long as nobody says that the node is gone
     */
    void die(boolean podStays) {
        crash();
        dead = true;
        answers = false;
        linked = false;
        if (!podStays) {
            losePod();
        }
    }

    boolean stalled() {
        return stalledSince.isPresent();
    }

    /** Its disk takes no write any more. It answers, from memory. */
    void stall(Instant now) {
        if (data != null && !stalled()) {
            stalledSince = Optional.of(now);
            written = data.position();
        }
    }

    /** Its disk goes on, and with it whatever hung. */
    void thaw() {
        stalledSince = Optional.empty();
    }

    /** How far others can have it from here. */
    long written() {
        return stalled() ? Math.min(written, data.position()) : data.position();
    }

    /** PostgreSQL dies. What it had not written is gone. */
    void crash() {
        if (up && stalled()) {
            data.wal.truncate(written);
        }
        ends++;
        endedCleanly = endedCleanly && !up; // who does not run does not die
        up = false;
        gateOpen = false;
        stopping = false;
        receiving = false;
        streamed = false;
        dying = false;
        paused = false;
        begunTimeline = 0;
        startsAnew = false;
        copying = null;
        senders.clear();
        waiting.clear();
    }

    /** It stops, and forgets the timeline of which it has nothing. */
    void startAnew() {
        crash();
        startsAnew = true;
    }

    /** A fast shutdown: sessions end, and commits that waited are kept and not acknowledged. */
    void beginToStop() {
        stopping = true;
        gateOpen = false;
        waiting.clear();
    }

    /** It writes its last checkpoint, and those who stream have it before it ends. */
    private void endCleanly(World world) {
        boolean isToFollow = begun != null && begun.role() == Role.STANDBY && !data.standby;
        ended = begun == null || begun.deed() == Deed.STOP || isToFollow ? null : begun;
        data.checkpoint = data.position();
        data.write(1);
        world.streamAll(this);
        String at = data.wal.toString();
        world.note(name, () -> "has stopped at " + at);
        crash();
        endedCleanly = true;
    }

    /** The volume is empty, by whatever accident; its claim, and the mark on it, are still there. */
    void loseData() {
        damage();
        damaged = false;
        keptEpoch = 0;
        fence = Duration.ZERO;
    }

    /** PostgreSQL does not start any more with what is on the volume; the rest of that is still there. */
    void damage() {
        crash();
        data = null;
        damaged = true;
        stalledSince = Optional.empty();
        initialisedIn = 0;
        cloned = null;
        rejoined = null;
    }

    /** The claim is deleted, with all that was on it. */
    void loseClaim() {
        losePod();
        loseData();
        claim = false;
        mark = Optional.empty();
        markBefore = Optional.empty();
    }

    /** What the operator sees of it. */
    Instance seen(Instant now, Mutant mutant) {
        Optional<Instance.Pod> pod =
                uid.map(id -> new Instance.Pod(id, address, "node", false, assignment, role, false, "", false));
        boolean says = up && answers && !stopping;
        Instance.Contact contact = says
                ? Instance.Contact.ANSWERED
                : uid.isPresent() && !answers
                        ? Instance.Contact.SILENT
                        : stopping ? Instance.Contact.NOT_YET : Instance.Contact.REFUSED;
        return new Instance(
                name,
                pod,
                mark,
                report(says),
                contact,
                says ? Optional.of(database(now, mutant)) : Optional.empty(),
                says && leads() && stalled() ? Duration.between(stalledSince.get(), now) : Duration.ZERO);
    }

    /** Read while PostgreSQL does not answer, and while it may be what was before a copy, or before it is made a standby. */
    private Optional<Instance.Report> report(boolean says) {
        if (uid.isPresent() && answers && !says) {
            String volume = damaged ? "foreign" : data == null ? "empty" : "data";
            return Optional.of(new Instance.Report(
                    stopping ? "stopping" : ended != null ? "stopped" : refused.isEmpty() ? "waiting" : "refused",
                    "",
                    Math.max(keptEpoch, data == null ? 0 : data.epoch),
                    volume,
                    ended != null ? "unasked" : refused,
                    "",
                    up || data == null ? Optional.empty() : Optional.of(controlFile())));
        }
        if (!says || receiving) {
            return Optional.empty();
        }
        boolean isRead = assignment
                .filter(told -> told.deed() == Deed.CLONE || told.role() == Role.STANDBY && leads())
                .isPresent();
        if (!isRead || begun == null) {
            return Optional.empty();
        }
        boolean runs = begun.deed() == Deed.RUN || begun.equals(cloned) || begun.equals(rejoined);
        return Optional.of(new Instance.Report(
                runs ? "running" : "starting",
                begun.deed().name().toLowerCase(Locale.ROOT),
                keptEpoch,
                "data",
                "",
                ""));
    }

    private Instance.Stopped controlFile() {
        String state = data.standby
                ? endedCleanly ? "shut down in recovery" : "in archive recovery"
                : endedCleanly ? "shut down" : "in production";
        return new Instance.Stopped(data.systemIdentifier, state, data.wal.timeline(), new Lsn(data.checkpoint));
    }

    Instance.Database database(Instant now, Mutant mutant) {
        List<Instance.Walsender> walsenders = new ArrayList<>();
        senders.forEach((standby, sender) -> walsenders.add(new Instance.Walsender(
                standby,
                sender.ended ? "startup" : "streaming",
                new Lsn(sender.flushed),
                new Lsn(sender.flushed),
                "quorum")));
        boolean isWithoutUpstream =
                data.standby && data.upstream.isEmpty() && !paused && (!dying || mutant == Mutant.DETACH_RACE);
        Lsn position = new Lsn(mutant == Mutant.POSITION_UNKNOWN && data.standby && !streamed ? 0 : written());
        return new Instance.Database(
                data.standby,
                data.systemIdentifier,
                "17.5",
                data.wal.timeline(),
                position,
                data.epoch,
                data.generation,
                data.names,
                gateOpen,
                data.bootstrapped,
                new Lsn(data.oldestWal),
                walsenders,
                data.slots.stream().map(slot -> new Instance.Slot(slot, false)).toList(),
                receiving,
                streamed,
                receiving ? Optional.of(Duration.between(heardAt, now)) : Optional.empty(),
                isWithoutUpstream && begunTimeline == 0,
                "",
                List.of(),
                fence,
                receiving ? source : "",
                paused ? "its replay is paused" : "",
                position,
                data.wal.history(),
                isWithoutUpstream && begunTimeline != 0,
                paused);
    }

    /** Its own clock, which is no other's. */
    Duration clock(Instant now) {
        return Duration.between(Instant.EPOCH, now).plusMinutes(7L * Names.ordinal(name));
    }

    /** What an operator wrote by SQL is seen: a reading that is no news extends nothing, and one of an operator that slept changes no limit. */
    void heed(Duration reading, SelfFence.Heartbeat heartbeat) {
        if (beat.filter(newest -> newest.compareTo(reading) >= 0).isPresent()) {
            return;
        }
        beat = Optional.of(reading);
        if (heartbeat.generation() >= beatGeneration
                && leads()
                && !(stalled() && !heartbeat.limit().equals(fence))) {
            beatGeneration = heartbeat.generation();
            fence = heartbeat.limit();
        }
    }

    private boolean mayGoOn(Instant now, Duration tolerance) {
        Duration limit = fence.plus(tolerance);
        return fence.isZero()
                || beat.filter(newest -> clock(now).minus(newest).compareTo(limit) <= 0)
                        .isPresent();
    }

    /** Without a heartbeat it stops itself; it may take so long. */
    void guard(World world, Duration tolerance) {
        boolean acknowledges = leads() && gateOpen;
        if (acknowledges && !mayGoOn(world.now, tolerance) && world.mutant != Mutant.NO_SELF_FENCE) {
            world.note(name, () -> "stops itself");
            world.disconnect(this);
            crash();
        }
    }

    /** One step of the supervisor. */
    void supervise(World world) {
        Optional<Assignment> told = heard.or(() -> assignment);
        if (dead || uid.isEmpty() || told.isEmpty() || stalled()) {
            return; // it keeps the epoch before it does anything, and that hangs
        }
        String before = refused;
        if (startsAnew) {
            startsAnew = false;
            keptEpoch = Math.max(keptEpoch, data.epoch);
            up = true;
            gateOpen = true;
            world.note(name, () -> "starts anew at " + data.wal);
        } else if (stopping) {
            hear(told.get());
            endCleanly(world);
        } else {
            obey(world, told.get());
        }
        if (!refused.isEmpty() && !refused.equals(before)) {
            String why = refused;
            world.note(name, () -> "refuses: " + why);
        }
    }

    /** What it is told while PostgreSQL stops is kept, and is what PostgreSQL was stopped under. */
    private void hear(Assignment told) {
        if (told.epoch() >= Math.max(keptEpoch, data.epoch)) {
            keptEpoch = told.epoch();
            begun = told;
        }
    }

    private void obey(World world, Assignment told) {
        boolean byOldWord = world.mutant == Mutant.OLD_WORD && told.role() == Role.PRIMARY;
        if (!told.equals(ended)) {
            ended = null;
        } else if (!up) {
            return; // somebody has stopped it, by other ways than its supervisor: that is the operator's will until it
            // says something else
        }
        if (told.epoch() < Math.max(keptEpoch, data == null ? 0 : data.epoch)
                && world.mutant != Mutant.STALE_ASSIGNMENT
                && !byOldWord) {
            refused = up ? "" : "stale-epoch";
            return;
        }
        keptEpoch = told.epoch();
        refused = "";
        if (!told.equals(cloned)) {
            cloned = null;
        }
        if (!told.equals(rejoined)) {
            rejoined = null;
        }
        if (!told.equals(begun)) {
            copying = null;
            begun = told;
        }
        switch (told.deed()) {
            case INITIALISE -> initialise(world, told);
            case CLONE -> copy(world, told);
            case RUN -> run(world, told);
            case REJOIN -> rejoin(world, told);
            case STOP -> {
                if (up) {
                    beginToStop();
                }
            }
        }
    }

    private void initialise(World world, Assignment told) {
        if (damaged) {
            refused = "occupied";
            return;
        }
        if (data == null) {
            data = new Data(world.initialised());
            data.epoch = 0;
            initialisedIn = told.epoch();
            world.note(name, () -> "initialises");
        } else if (initialisedIn != told.epoch()) {
            refused = "occupied";
            return;
        }
        start(world, told);
    }

    /** Two steps: while it copies, what it has goes on running. */
    private void copy(World world, Assignment told) {
        if (told.equals(cloned)) {
            start(world, told);
            return;
        }
        Machine from = world.machine(told.upstream());
        boolean slot = from.up && (up || from.data.slots.contains(Names.slot(name)));
        if (!slot || !isLinkedTo(from) || from.stalled()) {
            return; // a copy begins with a checkpoint there, as does a rewind after a promotion
        }
        if (copying == null) {
            copying = from.data.copy();
            world.note(name, () -> "copies " + from.name);
            return;
        }
        Data fresh = copying;
        world.disconnect(this);
        crash();
        data = fresh;
        damaged = false;
        cloned = told;
        world.note(name, () -> "has copied " + from.name);
        start(world, told);
    }

    /** PostgreSQL is stopped; then, in another step, what the source does not have is taken back. */
    private void rejoin(World world, Assignment told) {
        if (told.equals(rejoined)) {
            start(world, told);
            return;
        }
        if (data == null) {
            refused = damaged ? "damaged" : "empty";
            return;
        }
        if (up) {
            world.note(name, () -> "stops, to rejoin");
            world.disconnect(this);
            crash();
            return;
        }
        Machine from = world.machine(told.upstream());
        if (!from.leads() || !isLinkedTo(from) || from.stalled()) {
            return;
        }
        boolean byHand = !data.standby && data.rule == Data.NOBODY;
        if (byHand || !data.wal.isInHistoryOf(from.data.wal)) {
            data.wal = from.data.wal.copy();
            data.oldestWal = from.data.oldestWal;
            world.note(name, () -> "takes back what " + from.name + " does not have");
        }
        data.standby = true;
        data.generation = 0;
        rejoined = told;
        start(world, told);
    }

    private void run(World world, Assignment told) {
        if (data == null && world.mutant == Mutant.AMNESIA && told.role() == Role.STANDBY) {
            data = new Data(told.systemIdentifier());
            data.standby = true;
        }
        if (data == null) {
            refused = damaged ? "damaged" : "empty";
        } else if (!data.systemIdentifier.equals(told.systemIdentifier())) {
            refused = "foreign";
        } else if (!up && told.role() == Role.PRIMARY && data.standby) {
            refused = "is-standby";
        } else if (!up && told.role() == Role.STANDBY && !data.standby) {
            if (told.upstream().isEmpty() && endedCleanly && data.rule != Data.NOBODY) {
                data.standby = true;
                data.generation = 0;
                start(world, told);
            } else {
                refused = "was-primary";
            }
        } else {
            start(world, told);
        }
    }

    private void start(World world, Assignment told) {
        if (up) {
            return;
        }
        up = true;
        endedCleanly = false;
        startedAt = data.position();
        gateOpen = told.role() == Role.STANDBY;
        if (told.role() == Role.STANDBY) {
            data.epoch = told.epoch();
            data.upstream = told.upstream();
            data.forgetRule();
            fence = Duration.ZERO;
        }
        String at = " at " + data.wal;
        world.note(name, () -> "starts" + at + ": " + ShortForm.of(told));
    }

    /** One look of the supervisor at the gate. */
    void openGate(World world) {
        if (!leads()
                || gateOpen
                || stopping
                || stalled()
                || data.generation < 1
                || !mayGoOn(world.now, Duration.ZERO)) {
            return;
        }
        long confirmed = senders.entrySet().stream()
                .filter(each -> world.confirming.counts(each.getKey(), data.rule) && !each.getValue().ended)
                .filter(each -> each.getValue().flushed >= startedAt)
                .count();
        gateOpen = confirmed >= data.rule.required() || world.mutant == Mutant.NO_GATE;
        if (gateOpen) {
            world.note(name, () -> "opens its gate");
            world.show(this);
        }
    }

    /** What somebody may do in the container of a primary that was stopped; the gate is as he pleases. */
    void startByHand() {
        up = true;
        endedCleanly = false;
        startedAt = data.position();
        gateOpen = true;
    }

    /** What anybody may do to a standby by SQL. It goes on upon the next timeline that it knows of. */
    void promoteByHand() {
        data.upstream = "";
        if (begunTimeline != 0) {
            crash();
            return;
        }
        promote(data.wal.timeline() + 1);
    }

    /** It leaves recovery, on a timeline of its own. */
    void promote(long timeline) {
        data.standby = false;
        data.wal.promote(timeline);
        receiving = false;
        dying = false;
        paused = false;
        startedAt = data.position();
    }

    @Override
    public String toString() {
        return name
                + (stopping ? " stopping" : "")
                + (up ? data.standby ? " standby" : " primary" : uid.isPresent() ? " down" : " gone")
                + (receiving ? " streams" : "")
                + (answers ? "" : " unreachable")
                + (linked ? "" : " cut off")
                + (dead ? " dead" : "")
                + (paused ? " paused" : "")
                + (begunTimeline == 0 ? "" : " begins timeline " + begunTimeline)
                + (stalled() ? " stalled at " + written : "")
                + (leads() ? gateOpen ? " open" : " closed" : "")
                + (refused.isEmpty() ? "" : " refused " + refused)
                + (data == null
                        ? " empty"
                        : " at " + data.wal + " from " + data.oldestWal + " slots " + data.slots + " e" + data.epoch
                                + " g" + data.generation
                                + (data.rule == null ? "" : " waits for " + ShortForm.of(data.rule)))
                + assignment.map(told -> ", told to " + ShortForm.of(told)).orElse("");
    }
}
