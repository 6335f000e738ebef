package dev.matriarch.decide;

import dev.matriarch.decide.Intent.FailoverWish;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The model of all that the decision is about: the record, Kubernetes' StatefulSet, and the machines. Deterministic: a course of calls always gives the same
 * end. {@link Operator} looks at it and acts upon it; {@link Invariants} says what must never be seen in it.
 */
final class World {

    static final String CLUSTER = "orders";

    /** How long a primary that stops itself may take at most. */
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(3);

    /** {@code wal_receiver_timeout}. */
    private static final Duration RECEIVER_TIMEOUT = Duration.ofSeconds(3);

    Intent intent;
    Protocol recorded = Protocol.none();

    /** What a cache that is behind still says. */
    Protocol recordedBefore;

    /** How often the PgCluster was deleted. Its Pods and their addresses are gone then, and with them whatever an operator was about to do to them. */
    int deletions;

    int replicas = -1;

    /** Whether this number is that of an operator whose cache was behind. A Pod goes that counts, and comes back with its volume; nothing is lost. */
    boolean replicasAreStale;

    Optional<String> route = Optional.empty();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Map<Integer, Machine> machines = new TreeMap<>();
    private final Map<String, Machine> byName = new HashMap<>();

    /** How often initdb made a database cluster. */
    int initialisations;

    /** What is broken on purpose, to show that it is noticed. */
    Mutant mutant = Mutant.NONE;

    /** How many commits clients have tried. */
    private long commits;

    /** Commits that clients were told are safe, or that they have seen on a primary that was restarted or promoted. */
    final TreeSet<Long> acknowledged = new TreeSet<>();

    /** Those of them that nobody was asked to confirm. */
    final TreeSet<Long> acknowledgedAlone = new TreeSet<>();

    /** Who was promoted last, and in which epoch. */
    Optional<Machine> promoted = Optional.empty();

    long promotedIn;

    /** What the instance that a person named had when its word was taken: no more than all else may be lost. */
    private Set<Long> kept = Set.of();

    /** What primaries of earlier epochs acknowledge or show since then is what a person has accepted to lose. */
    private long acceptedBefore;

    final Trace trace = new Trace(now);

    private int names;

    /** How many were asked for. */
    private int switchovers;

    final Confirming confirming = new Confirming(this);

    /** What must hold; one for all who act, because it remembers what was. */
    final Invariants invariants = new Invariants(this);

    World(int instances) {
        want(instances);
    }

    World(int instances, Mutant mutant) {
        this(instances);
        this.mutant = mutant;
    }

    /** A cluster that is as it was wanted. */
    static World running(int instances) {
        return running(instances, instances / 2);
    }

    /** The same with another number of standbys that confirm. */
    static World running(int instances, int required) {
        World world = new World(instances);
        world.want(instances, required);
        new Operator(world).settle();
        return world;
    }

    /** Majority commit among so many. */
    void want(int instances) {
        want(instances, instances / 2);
    }

    void want(int instances, int required) {
        if (intent == null) {
            intent = new Intent(CLUSTER, instances, required, false, FailoverWish.AT_ONCE);
        }
        intent = new Intent(
                CLUSTER, instances, required, false, intent.failover(), intent.switchovers(), intent.avoided());
    }

    /** A person annotates the PgCluster. */
    void ask(String text) {
        FailoverWish failover = intent.failover();
        wish(new FailoverWish(failover.automatic(), failover.delay(), Optional.of(text), failover.selfFence()));
    }

    void wish(boolean automatic, Duration delay) {
        wish(new FailoverWish(
                automatic, delay, intent.failover().asked(), intent.failover().selfFence()));
    }

    private void wish(FailoverWish failover) {
        intent = new Intent(
                CLUSTER,
                intent.instances(),
                intent.required(),
                intent.hibernated(),
                failover,
                intent.switchovers(),
                intent.avoided());
    }

    void hibernate(boolean hibernated) {
        intent = new Intent(
                CLUSTER,
                intent.instances(),
                intent.required(),
                hibernated,
                intent.failover(),
                intent.switchovers(),
                intent.avoided());
    }

    /** A person asks for another primary, and for no other than this. */
    void switchOver(Optional<String> target, long maxLag, Duration within) {
        String uid = "switchover-" + ++switchovers;
        askFor(List.of(new SwitchoverWish(uid, uid, target, maxLag, now.plus(within))));
    }

    /** A person asks for another primary, and the one of before was not seen by who let this one start; that was made earlier, so it is its turn. */
    void switchOverToo(Optional<String> target, long maxLag, Duration within) {
        List<SwitchoverWish> before = intent.switchovers();
        switchOver(target, maxLag, within);
        List<SwitchoverWish> both = new ArrayList<>(intent.switchovers());
        both.addAll(before);
        askFor(both);
    }

    /** The PgSwitchover is deleted, or has ended. */
    void askForNoSwitchover() {
        askFor(List.of());
    }

    private void askFor(List<SwitchoverWish> wishes) {
        intent = intent.asking(wishes, intent.avoided());
    }

    /** These are on cordoned nodes. */
    void avoid(String... instances) {
        intent = intent.asking(intent.switchovers(), Set.of(instances));
    }

    Machine machine(int ordinal) {
        return machines.computeIfAbsent(ordinal, key -> new Machine(Names.instance(CLUSTER, key)));
    }

    Machine machine(String name) {
        return byName.computeIfAbsent(name, key -> machine(Names.ordinal(key)));
    }

    Collection<Machine> all() {
        return machines.values();
    }

    Trace.Line note(String who, Supplier<String> what) {
        return trace.note(now, who, what);
    }

    /** Safety: what must be, after any step. */
    void mustBe(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new Violation(Violation.Kind.SAFETY, otherwise.get(), this);
        }
    }

    private Trace.Line note(Machine who, Supplier<String> what) {
        return note(who.name, what);
    }

    String initialised() {
        initialisations++;
        return "73" + initialisations;
    }

    void pass(Duration time) {
        now = now.plus(time);
        all().forEach(each -> each.guard(this, STOPPED_WITHIN));
    }

    /** The PgCluster is deleted: the record and the Pods go, the volumes stay. */
    void delete() {
        recorded = Protocol.none();
        deletions++;
        invariants.deleted();
        replicas = -1;
        route = Optional.empty();
        all().forEach(Machine::losePod);
    }

    /** Kubernetes: Pods, and their claims, as many as the StatefulSet says. */
    void statefulSet() {
        for (int ordinal = 0; ordinal < replicas; ordinal++) {
            Machine machine = machine(ordinal);
            if (machine.uid.isEmpty() && !machine.dead) {
                machine.claim = true;
                machine.uid = Optional.of("uid-" + ++names);
                machine.address = "10.0.0." + names;
                note(machine, () -> "has a new Pod");
            }
        }
        for (Machine each : all()) {
            if (each.uid.isPresent() && Names.ordinal(each.name) >= Math.max(0, replicas)) {
                note(each, () -> "is removed");
                disconnect(each);
                each.losePod();
            }
        }
    }

    /** A standby connects to its upstream if it can, and receives all there is. */
    void stream(Machine standby) {
        stream(standby, Integer.MAX_VALUE);
    }

    /** Who streams from it receives all. */
    void streamAll(Machine source) {
        for (Machine each : all()) {
            if (each.receiving && each.source.equals(source.name)) {
                stream(each);
            }
        }
    }

    /** A standby connects to its upstream if it can, and receives at most so many records. */
    void stream(Machine standby, int records) {
        if (!standby.up || !standby.data.standby || standby.stalled()) {
            return;
        }
        String upstream = standby.data.upstream.isEmpty() && standby.dying ? standby.source : standby.data.upstream;
        if (upstream.isEmpty()) {
            if (standby.linked) {
                disconnect(standby);
            }
            return;
        }
        Machine source = machine(upstream);
        if (standby.receiving && source.up && !source.isLinkedTo(standby)) {
            if (standby.heardAt.plus(RECEIVER_TIMEOUT).isBefore(now)) {
                standby.receiving = false; // the primary still holds on to the connection
                standby.dying = false;
                note(standby, () -> "hears " + upstream + " no more");
            }
            return;
        }
        boolean connects = source.up
                && source.isLinkedTo(standby)
                && source.data.systemIdentifier.equals(standby.data.systemIdentifier)
                && source.data.slots.contains(Names.slot(standby.name))
                && standby.data.position() >= source.data.oldestWal;
        connects &= standby.begunTimeline == 0 || source.data.wal.wasOn(standby.begunTimeline);
        boolean can = connects
                && standby.data.wal.isInHistoryOf(source.data.wal)
                && standby.data.position() <= source.written();
        if (!can && connects && !standby.paused && standby.data.wal.isBeyond(source.data.wal)) {
            streamInVain(standby, source);
            return;
        }
        if (!can) {
            if (standby.receiving) {
                note(standby, () -> "loses its connection to " + upstream);
            }
            disconnect(standby);
            return;
        }
        if (!standby.receiving && standby.paused) {
            return; // it is its replay that would have it connect
        }
        if (!standby.receiving) {
            disconnect(standby); // its slot is for one connection
            standby.connectedAs = standby.standbyName();
        }
        String name = standby.connectedAs;
        Machine.Sender sender = sender(source, name);
        sender.ended = false;
        boolean news = !standby.receiving || standby.data.position() < source.written();
        standby.receiving = true;
        standby.streamed = true;
        standby.source = source.name;
        standby.heardAt = now;
        long newest = source.data.wal.timeline();
        boolean begins =
                records != Integer.MAX_VALUE && standby.begunTimeline != newest && !standby.data.wal.wasOn(newest);
        if (begins) {
            standby.begunTimeline = newest; // the first segment of it, from its beginning, takes a while
            note(standby, () -> "begins timeline " + newest);
        } else {
            standby.data.wal.receive(source.data.wal, source.written(), records);
        }
        if (standby.data.wal.wasOn(standby.begunTimeline)) {
            standby.begunTimeline = 0;
        }
        sender.flushed = standby.data.position();
        if (news) {
            String end = standby.data.wal.toString();
            note(standby, () -> "streams from " + upstream + " as " + name + " to " + end);
        }
        if (sender.flushed >= source.data.marker) {
            sender.rule = source.data
                    .rule; // signalled before the marker was written, and taken before the next reply is read
        }
        acknowledge(source);
    }

    private static Machine.Sender sender(Machine source, String name) {
        return source.senders.computeIfAbsent(name, key -> {
            Machine.Sender made = new Machine.Sender();
            made.rule = source.data.rule;
            return made;
        });
    }

    /**
     * What PostgreSQL does with a standby that has more than its source: it asks for its own timeline, from the beginning of the segment, is sent what the source has of that, and
     * says all the while how far it is itself. Where that timeline has ended, this ends too, and begins again, over the same connection.
     */
    private void streamInVain(Machine standby, Machine source) {
        String name = standby.dying ? standby.connectedAs : standby.standbyName(); // its last words are in its old name
        boolean begins = !source.senders.containsKey(name) || source.senders.get(name).ended;
        if (!standby.connectedAs.equals(name)
                || !standby.source.equals(source.name)
                || !source.senders.containsKey(name)) {
            disconnect(standby);
            note(
                    standby,
                    () -> "has more than " + source.name + ", and connects as " + name + " at " + standby.data.wal);
        }
        standby.connectedAs = name;
        standby.source = source.name;
        standby.heardAt = now;
        Machine.Sender sender = sender(source, name);
        sender.flushed = standby.data.position();
        boolean isLeft = source.data.wal.timeline() != standby.data.wal.timeline();
        sender.ended = isLeft && !begins;
        standby.receiving = !sender.ended;
        acknowledge(source);
    }

    /** PostgreSQL dies, and its standbys see their connections end. */
    void crash(int ordinal) {
        machine(ordinal).crash();
        all().forEach(this::stream);
    }

    /** Nobody reaches it, and it reaches nobody. */
    void cutOff(int ordinal) {
        machine(ordinal).answers = false;
        machine(ordinal).linked = false;
    }

    void isBack(int ordinal) {
        machine(ordinal).hearsAgain();
        machine(ordinal).answers = true;
        machine(ordinal).linked = true;
    }

    /** The walreceiver of a detached standby has ended. */
    void receiverEnds(Machine standby) {
        if (standby.dying && !standby.stalled() && !standby.paused) {
            standby.dying = false;
            standby.receiving = false;
            note(standby, () -> "has ended its walreceiver");
        }
    }

    /** The connection of a standby ends, as both sides see. */
    void disconnect(Machine standby) {
        standby.receiving = false;
        standby.dying = false;
        all().forEach(each ->
                each.senders.keySet().removeIf(name -> Names.instanceOf(name).equals(standby.name)));
    }

    /** A walsender takes the rule that was reloaded. */
    void reload(Machine primary, String sender) {
        Rule rule = primary.data.rule;
        if (rule != null && !rule.equals(primary.senders.get(sender).rule)) {
            note(primary, () -> "reloads the walsender of " + sender + ": " + ShortForm.of(rule));
        }
        primary.senders.get(sender).rule = rule;
        acknowledge(primary);
    }

    /** A client commits wherever it is let in. */
    void commit() {
        all().stream().filter(each -> each.leads() && each.gateOpen).forEach(each -> {
            long commit = ++commits;
            note(each, () -> "is told to commit " + commit);
            each.data.wal.commit(commit);
            each.waiting.put(each.data.position(), commit);
            if (each.waitsForNobody() && !each.stalled()) {
                acknowledge(each, each.data.position(), 0);
            }
        });
    }

    /** A disk stalls: whoever commits there waits. */
    void stall(Machine machine) {
        note(machine, () -> "has a disk that stalls");
        machine.stall(now);
    }

    /** It goes on, and what was committed meanwhile is written. */
    void thaw(Machine machine) {
        if (machine.stalled()) {
            note(machine, () -> "has a disk that goes on");
            machine.thaw();
            if (machine.leads() && machine.gateOpen && machine.waitsForNobody()) {
                acknowledge(machine, machine.data.position(), 0);
            }
        }
    }

    /** Each walsender releases commits by the rule that it has loaded itself. */
    private void acknowledge(Machine primary) {
        primary.senders.forEach((name, sender) -> {
            if (primary.gateOpen && primary.leads() && confirming.counts(name, sender.rule)) {
                acknowledge(primary, confirming.position(primary, sender.rule), sender.rule.required());
            }
        });
    }

    private void acknowledge(Machine primary, long position, int required) {
        Map<Long, Long> confirmed = primary.waiting.headMap(position, true);
        for (long commit : confirmed.values()) {
            if (mayBeLost(primary)) {
                continue;
            }
            note(primary, () -> "acknowledges commit " + commit);
            acknowledge(commit, required);
            long holders = all().stream()
                    .filter(each -> each.data != null && each.data.wal.holds(commit))
                    .count();
            mustBe(
                    holders > required,
                    () -> primary.name + " acknowledges commit " + commit + ", which only " + holders + " hold");
            notLostAlready(commit, primary);
        }
        confirmed.clear();
    }

    private boolean acknowledge(long commit, int required) {
        boolean news = acknowledged.add(commit);
        if (news && required == 0) {
            acknowledgedAlone.add(commit);
        }
        return news;
    }

    /** Clients see what a primary has from before it admitted them. */
    void show(Machine primary) {
        if (mayBeLost(primary)) {
            return;
        }
        for (long commit : primary.data.wal.writes()) {
            if (acknowledge(commit, primary.data.rule == null ? 1 : primary.data.rule.required())) {
                notLostAlready(commit, primary);
            }
        }
    }

    private void notLostAlready(long commit, Machine primary) {
        promoted.filter(leader -> leader != primary && promotedIn >= primary.data.epoch && leader.data != null)
                .ifPresent(leader -> mustBe(
                        leader.data.wal.holds(commit),
                        () -> primary.name + " acknowledges or shows commit " + commit + ", which " + leader.name
                                + ", promoted in epoch " + promotedIn + ", does not have"));
    }

    /** Somebody was promoted. Unless another was in a later epoch, it leads, and must have all that anybody was told is safe. */
    void promoted(Machine machine, long epoch) {
        disconnect(machine);
        if (epoch >= promotedIn) {
            promoted = Optional.of(machine);
            promotedIn = epoch;
            loseWhatWasAccepted(machine, epoch);
            acknowledged.removeAll(notStreamed());
            invariants.nothingIsLost(machine);
        }
    }

    private void loseWhatWasAccepted(Machine leader, long epoch) {
        if (recorded.epoch() == epoch && somethingMayBeLost()) {
            acceptedBefore = epoch;
            acknowledged.removeIf(commit -> mayBeLost(commit) && !leader.data.wal.holds(commit));
        }
    }

    private boolean somethingMayBeLost() {
        return accepted(recorded).isPresent();
    }

    /** Whether a person accepts, in the change of the primary that is under way, that this commit is lost. */
    boolean mayBeLost(long commit) {
        return somethingMayBeLost() && !kept.contains(commit);
    }

    /** What only a primary had that is replaced though nobody was asked to confirm its commits; where that is so. */
    private Set<Long> notStreamed() {
        Set<Long> alone = new TreeSet<>(acknowledgedAlone);
        List<Rule> fenced = recorded.rules().stream()
                .filter(rule -> !rule.selfFence().isZero())
                .toList();
        if (fenced.isEmpty()) {
            return Set.of();
        }
        fenced.stream()
                .flatMap(rule -> rule.members().stream())
                .map(member -> machine(Names.instanceOf(member)))
                .filter(each -> each.data != null)
                .forEach(each -> alone.removeAll(each.data.wal.writes()));
        return alone;
    }

    void record(Protocol next) {
        recordedBefore = recorded;
        recorded = next;
        if (recorded.epoch() > recordedBefore.epoch()) {
            accepted(recorded)
                    .ifPresent(kept -> accepted(kept, accepted(recordedBefore).isPresent()));
        }
        confirmed();
    }

    private static Optional<Consent.Kept> accepted(Protocol protocol) {
        return protocol.transition().flatMap(Transition::accepted);
    }

    /** From when each rule asks somebody, all before is confirmed. */
    private void confirmed() {
        if (recorded.rules().stream().allMatch(rule -> rule.required() > 0)) {
            acknowledgedAlone.clear();
        }
    }

    /** Whether what it acknowledges is what a person has accepted to lose. */
    boolean mayBeLost(Machine primary) {
        return primary.data.epoch < acceptedBefore;
    }

    /**
     * The word of a person is taken on record.
     *
     * @param wasAccepted whether another word was, for the change of the primary that goes on
     */
    private void accepted(Consent.Kept named, boolean wasAccepted) {
        Machine machine = machine(named.instance());
        if (wasAccepted) {
            acknowledged.removeIf(
                    commit -> !kept.contains(commit)); // they were given up before, and may be gone already
        }
        kept = machine.data == null
                ? Set.of() // its volume was lost meanwhile, which is nobody's fault
                : machine.data.wal.writesUntil(named.position().bytes());
    }

    /** Everything but the operator moves as far as it can. */
    void run() {
        statefulSet();
        List.copyOf(all()).forEach(each -> each.supervise(this));
        List.copyOf(all()).forEach(this::receiverEnds);
        List.copyOf(all()).forEach(this::stream);
        all().forEach(each -> List.copyOf(each.senders.keySet()).forEach(sender -> reload(each, sender)));
        all().forEach(each -> each.guard(this, Duration.ZERO));
        all().forEach(each -> each.openGate(this));
        commit();
        List.copyOf(all()).forEach(this::stream);
    }

    /** How it is now, a line for each instance. */
    String state() {
        return "wanted " + intent.instances() + " instances" + (intent.hibernated() ? ", hibernated" : "")
                + ", each commit on " + (intent.required() + 1)
                + "\nrecorded " + ShortForm.of(recorded)
                + "\nreplicas " + replicas + ", acknowledged up to "
                + (acknowledged.isEmpty() ? 0 : acknowledged.last())
                + all().stream().map(each -> "\n" + each).collect(Collectors.joining());
    }

    /** What is worth knowing of it in the message of a failing test. */
    @Override
    public String toString() {
        return state() + "\n" + trace.last(90);
    }
}
