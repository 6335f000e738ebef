package dev.matriarch.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The model of all that the decision is about: the record, Kubernetes' StatefulSet, and the machines. Deterministic: a course of calls always gives the same
 * end. {@link Operator} looks at it and acts upon it; {@link Invariants} says what must never be seen in it.
 */
final class World {

    static final String CLUSTER = "orders";

    Intent intent;
    Protocol recorded = Protocol.none();
    int replicas = -1;
    Optional<String> route = Optional.empty();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    final Map<Integer, Machine> machines = new TreeMap<>();

    /** How often initdb made a database cluster. */
    int initialisations;

    /** The position up to which clients were told that their commits are safe. */
    long acknowledged;

    /** What happened, for a failing test; put into words only then. */
    private final List<Map.Entry<String, Object>> log = new ArrayList<>();

    private int names;

    World(int instances) {
        want(instances);
    }

    /** A cluster that is as it was wanted. */
    static World running(int instances) {
        World world = new World(instances);
        new Operator(world).settle();
        return world;
    }

    /** Majority commit among so many. */
    void want(int instances) {
        want(instances, instances / 2);
    }

    void want(int instances, int required) {
        intent = new Intent(CLUSTER, instances, required, false);
    }

    void hibernate(boolean hibernated) {
        intent = new Intent(CLUSTER, intent.instances(), intent.required(), hibernated);
    }

    Machine machine(int ordinal) {
        return machines.computeIfAbsent(ordinal, key -> new Machine(Names.instance(CLUSTER, key)));
    }

    Machine machine(String name) {
        return machine(Names.ordinal(name));
    }

    Collection<Machine> all() {
        return machines.values();
    }

    void note(String word, Object what) {
        log.add(Map.entry(word, what));
    }

    String initialised() {
        initialisations++;
        return "73" + initialisations;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** The PgCluster is deleted: the record and the Pods go, the volumes stay. */
    void delete() {
        recorded = Protocol.none();
        replicas = -1;
        route = Optional.empty();
        all().forEach(Machine::losePod);
    }

    /** Kubernetes: Pods, and their claims, as many as the StatefulSet says. */
    void statefulSet() {
        for (int ordinal = 0; ordinal < replicas; ordinal++) {
            Machine machine = machine(ordinal);
            if (machine.uid.isEmpty()) {
                machine.claim = true;
                machine.uid = Optional.of("uid-" + ++names);
                machine.address = "10.0.0." + names;
            }
        }
        all().stream()
                .filter(each -> each.uid.isPresent() && Names.ordinal(each.name) >= Math.max(0, replicas))
                .forEach(each -> {
                    disconnect(each);
                    each.losePod();
                });
    }

    /** A standby connects to its upstream if it can, and receives all there is. */
    void stream(Machine standby) {
        if (!standby.up || !standby.data.standby || standby.data.upstream.isEmpty()) {
            return;
        }
        Machine source = machine(standby.data.upstream);
        boolean can = source.leads()
                && source.data.systemIdentifier.equals(standby.data.systemIdentifier)
                && source.data.slots.contains(Names.slot(standby.name))
                && standby.data.position >= source.data.oldestWal;
        if (!can) {
            disconnect(standby);
            return;
        }
        Machine.Sender sender = source.senders.computeIfAbsent(standby.standbyName(), key -> {
            Machine.Sender made = new Machine.Sender();
            made.rule = source.data.rule;
            return made;
        });
        standby.receiving = true;
        standby.data.position = source.data.position;
        sender.flushed = standby.data.position;
        if (sender.flushed >= source.data.marker) {
            sender.rule = source.data
                    .rule; // signalled before the marker was written, and taken before the next reply is read
        }
        acknowledge(source);
    }

    /** The connection of a standby ends. */
    void disconnect(Machine standby) {
        standby.receiving = false;
        all().forEach(each ->
                each.senders.keySet().removeIf(name -> Names.instanceOf(name).equals(standby.name)));
    }

    /** A walsender takes the rule that was reloaded. */
    void reload(Machine primary, String sender) {
        primary.senders.get(sender).rule = primary.data.rule;
        acknowledge(primary);
    }

    /** A client commits. */
    void commit() {
        all().stream().filter(each -> each.leads() && each.gateOpen).forEach(each -> {
            each.data.position++;
            if (each.data.rule.required() == 0) {
                acknowledged = each.data.position;
            }
        });
    }

    /** Each walsender releases commits by the rule that it has loaded itself. */
    private void acknowledge(Machine primary) {
        primary.senders.forEach((name, sender) -> {
            if (primary.gateOpen && sender.releasesUnder(name)) {
                acknowledged = Math.max(acknowledged, confirmed(primary, sender.rule));
            }
        });
    }

    private static long confirmed(Machine primary, Rule rule) {
        List<Long> flushed = new ArrayList<>();
        primary.senders.forEach((name, sender) -> {
            if (rule.members().contains(name)) {
                flushed.add(sender.flushed);
            }
        });
        flushed.sort(java.util.Comparator.reverseOrder());
        return flushed.size() < rule.required() ? 0 : flushed.get(rule.required() - 1);
    }

    /** Everything but the operator moves as far as it can. */
    void run() {
        statefulSet();
        List.copyOf(all()).forEach(each -> each.supervise(this));
        List.copyOf(all()).forEach(this::stream);
        all().forEach(each -> List.copyOf(each.senders.keySet()).forEach(sender -> reload(each, sender)));
        all().forEach(Machine::openGate);
        commit();
    }

    @Override
    public String toString() {
        return "wanted " + intent + "\nrecorded " + recorded + "\nreplicas " + replicas + ", acknowledged "
                + acknowledged + "\n"
                + String.join("\n", all().stream().map(Object::toString).toList())
                + "\nlog:\n"
                + log.stream()
                        .skip(Math.max(0, log.size() - 60))
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(java.util.stream.Collectors.joining("\n"));
    }
}
