package dev.matriarch.decide;

import dev.matriarch.decide.Machine.Data;
import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Observes a {@link World}, has the plan decided, and does its steps. After every single step the invariants are checked. */
final class Operator {

    private static final int LIMIT = 200;

    private final World world;
    private final String name;
    private final Invariants invariants;
    private Memory memory = Memory.none();

    /** Steps until it dies; negative: never. */
    private int lives = -1;

    /** Its cache of the record is one change behind. */
    boolean behind;

    /** Its caches of marks, and of what Pods are told, are one change behind. */
    boolean behindObjects;

    /** How often the PgCluster had been deleted when it looked last. */
    private int deletions;

    /** Since when it knows of the transition of an epoch. */
    private long transitionOf;

    private Instant transitionSince = Instant.MAX;

    /** Its heartbeats reach a primary that does not answer otherwise. */
    boolean hasAnotherWay;

    /** Goes on without another look where that is enough, as the operator does. */
    boolean goesOn;

    /** A heartbeat that it is about to give, and may fall asleep over. */
    private Optional<Beat> beat = Optional.empty();

    /** The session at a primary, the reading of its clock, and, once the record was read after that, what may be told. */
    private record Beat(Machine primary, int session, Duration reading, Optional<SelfFence.Heartbeat> allowed) {}

    /** How long a checkpoint takes, as far as is told. */
    Duration checkpointsTake = Duration.ZERO;

    /** Steps done so far. */
    int steps;

    Operator(World world) {
        this(world, "operator");
    }

    Operator(World world, String name) {
        this.world = world;
        this.name = name;
        this.invariants = world.invariants;
    }

    /** It will die after so many steps, once; its successor remembers nothing. */
    Operator dyingAfter(int number) {
        lives = number;
        return this;
    }

    Observation observe() {
        if (deletions != world.deletions) {
            deletions = world.deletions;
            forget(); // it remembers of a PgCluster, not of its name
        }
        Protocol recorded = Mutants.read(
                behind && world.recordedBefore != null ? world.recordedBefore : world.recorded, world.mutant);
        // Whoever may be about to take an earlier cluster up reads the marks themselves.
        boolean marksAreRead = !recorded.initialised()
                || world.all().stream().anyMatch(each -> each.markBefore
                        .filter(mark -> mark.isAfter(recorded))
                        .isPresent());
        Observation seen = new Observation(
                recorded,
                world.all().stream()
                        .filter(each -> each.claim || each.uid.isPresent())
                        .map(each -> {
                            Instance now = each.seen(world.now, world.mutant);
                            return behindObjects
                                    ? Altered.of(
                                            now, marksAreRead ? now.mark() : each.markBefore, each.assignmentBefore)
                                    : now;
                        })
                        .toList(),
                world.replicas,
                world.route,
                memory);
        Memory remembered = seen.remembered(world.now);
        memory = new Memory(
                remembered.marker(),
                remembered.absentSince(),
                remembered.lost(),
                transitionFor(recorded),
                remembered.checkpoint(),
                remembered.silentSince());
        return Mutants.seen(
                new Observation(seen.protocol(), seen.instances(), seen.replicas(), seen.route(), memory), world);
    }

    private boolean reaches(Machine machine) {
        return machine.answers || hasAnotherWay;
    }

    Plan plan() {
        return plan(observe());
    }

    Plan plan(Observation seen) {
        return Mutants.plan(Decision.decide(world.intent, seen, world.now), seen, world);
    }

    void forget() {
        memory = Memory.none();
        transitionOf = 0;
    }

    private Duration transitionFor(Protocol recorded) {
        if (recorded.transition().isEmpty()) {
            transitionOf = 0;
            return Duration.ZERO;
        }
        if (transitionOf != recorded.epoch()) {
            transitionOf = recorded.epoch();
            transitionSince = world.now;
        }
        Duration known = Duration.between(transitionSince, world.now);
        return world.mutant == Mutant.NO_TIME_TO_STOP ? known.plus(SelfFence.STOP) : known;
    }

    /** One step of a heartbeat that it may sleep over: anything happens in between. */
    void beat() {
        beat = next(beat);
    }

    /** The reading of the clock, then the record, then the writing. */
    private Optional<Beat> next(Optional<Beat> begun) {
        if (begun.isEmpty()) {
            return world.all().stream()
                    .filter(each -> each.name.equals(world.recorded.primary()) && each.leads() && reaches(each))
                    .map(each -> new Beat(each, each.ends, each.clock(world.now), Optional.empty()))
                    .findFirst();
        }
        Machine primary = begun.get().primary();
        Duration reading = begun.get().reading();
        if (begun.get().allowed().isEmpty()) {
            return SelfFence.heartbeat(Mutants.recordedForHeartbeat(world), primary.name)
                    .map(allowed -> new Beat(primary, begun.get().session(), reading, Optional.of(allowed)));
        }
        if (primary.leads() && primary.ends == begun.get().session() && reaches(primary)) {
            boolean counts = world.mutant == Mutant.LATE_HEARTBEAT;
            primary.heed(
                    counts ? primary.clock(world.now) : reading,
                    begun.get().allowed().get());
        }
        return Optional.empty();
    }

    /** A whole round. */
    Plan round() {
        next(next(next(Optional.empty())));
        Observation seen = observe();
        Plan plan = plan(seen);
        Optional<Observation> known = doAll(plan) && goesOn ? seen.after(plan) : Optional.empty();
        while (known.isPresent()) {
            Plan next = plan(known.get());
            known = doAll(next) ? known.get().after(next) : Optional.empty();
        }
        return plan;
    }

    /** Whether all was done. */
    private boolean doAll(Plan plan) {
        begin(plan);
        boolean failed = false;
        for (Step step : plan.steps()) {
            boolean dies = lives == 0;
            boolean together = step instanceof Step.Detach; // one that hangs keeps from none of the others
            if (failed && !together) {
                return false;
            }
            failed |= !act(step);
            if (dies || failed && !together) {
                return false;
            }
        }
        return !failed;
    }

    /** What comes before the steps: Kubernetes' objects. */
    void begin(Plan plan) {
        if (plan.replicas() != world.replicas) {
            world.note(name, () -> "have " + plan.replicas() + " replicas");
        }
        world.replicasAreStale = behind;
        world.replicas = plan.replicas();
        world.route = plan.route();
        invariants.check();
    }

    /** Does a step; false when it could not be done. */
    boolean act(Step step) {
        if (lives == 0) {
            lives = -1;
            forget();
            world.note(name, () -> "dies before " + ShortForm.of(step));
            return false;
        }
        Trace.Line line = world.note(name, () -> ShortForm.of(step));
        boolean done = step.accept(new Acting());
        if (!done) {
            line.notDone("not done");
        }
        steps++;
        lives = lives > 0 ? lives - 1 : lives;
        invariants.check();
        return done;
    }

    /** Rounds, with the world moving in between, until nothing is left to do. */
    Operator settle() {
        int quiet = 0;
        for (int i = 0; i < LIMIT; i++) {
            quiet = round().isUnsettled() ? 0 : quiet + 1;
            world.run();
            invariants.check();
            if (quiet == 2) {
                return this;
            }
            world.pass(Duration.ofSeconds(1));
        }
        throw neverEnds(plan());
    }

    /** Rounds, a second each, with the world moving in between. */
    void rounds(int number) {
        for (int i = 0; i < number; i++) {
            round();
            world.run();
            invariants.check();
            world.pass(Duration.ofSeconds(1));
        }
    }

    /** Rounds, with supervisors and receivers that do what they were told in between, until the change of the primary is in this phase. */
    void until(Transition.Phase phase) {
        Optional<Transition.Phase> wanted = Optional.of(phase);
        for (int i = 0; i < LIMIT && !world.recorded.phase().equals(wanted); i++) {
            round();
            if (!world.recorded.phase().equals(wanted)) {
                List.copyOf(world.all()).forEach(each -> each.supervise(world));
                world.all().forEach(world::receiverEnds);
            }
        }
        if (!world.recorded.phase().equals(wanted)) {
            throw new AssertionError("it is not " + phase + ": " + world);
        }
    }

    /** What is left after as many rounds as all that ends by itself takes. */
    Plan stalled() {
        Plan plan = round();
        for (int i = 0; i < 60 && plan.isUnsettled(); i++) {
            world.run();
            world.pass(Duration.ofSeconds(1));
            plan = round();
        }
        return plan;
    }

    /** Rounds until only waitings are left that nothing in the world ends; returns them. */
    List<Waiting> settleWaiting() {
        Plan plan = stalled();
        if (!plan.steps().isEmpty()) {
            throw neverEnds(plan);
        }
        return plan.waitings();
    }

    private Violation neverEnds(Plan plan) {
        return new Violation(
                Violation.Kind.LIVENESS,
                "it never settles; there are still to be done "
                        + plan.steps().stream().map(ShortForm::of).toList() + " and to be waited for "
                        + plan.waitings().stream().map(Waiting::message).toList(),
                world);
    }

    /** The deeds as docs/supervisor.md and design.md say them. */
    private final class Acting implements Step.Visitor<Boolean> {

        @Override
        public Boolean record(Step.Record step) {
            if (!step.seen().equals(Mutants.read(world.recorded, world.mutant))
                    && world.mutant != Mutant.NO_COMPARE_AND_SET) {
                return false;
            }
            if (Mutants.putsInForceFirst(step, world)) {
                return false;
            }
            world.record(Mutants.record(step.next(), world));
            return true;
        }

        @Override
        public Boolean mark(Step.WriteMark step) {
            Machine machine = world.machine(step.instance());
            if (!machine.claim
                    || machine.mark
                            .filter(later -> !step.mark().isAtLeast(later))
                            .isPresent()) {
                return false;
            }
            machine.markBefore = machine.mark;
            machine.mark = Optional.of(step.mark());
            return true;
        }

        @Override
        public Boolean assign(Step.Assign step) {
            Machine machine = world.machine(step.instance());
            if (!machine.uid.equals(Optional.of(step.podUid())) || !machine.assignment.equals(step.seen())) {
                return false;
            }
            machine.assignmentBefore = machine.assignment;
            machine.assignment = Optional.of(step.assignment());
            return true;
        }

        @Override
        public Boolean label(Step.Label step) {
            world.machine(step.instance()).role = step.role();
            return true;
        }

        @Override
        public Boolean bootstrap(Step.Bootstrap step) {
            Machine machine = world.machine(step.primary());
            if (!machine.leads() || machine.stalled()) {
                return false;
            }
            machine.data.bootstrapped = true;
            machine.data.write(1);
            return true;
        }

        /** ALTER SYSTEM, slots, promotions and markers hang where the disk does. */
        private boolean takesWrites(Machine machine) {
            return machine.up && machine.answers && !machine.stalled();
        }

        @Override
        public Boolean setRule(Step.SetRule step) {
            Machine machine = world.machine(step.primary());
            if (!takesWrites(machine)
                    || machine.data.epoch > step.epoch()
                    || machine.data.epoch == step.epoch()
                            && machine.data.generation > step.generation()
                            && world.mutant != Mutant.NO_GENERATION) {
                return false;
            }
            if (machine.data.epoch != step.epoch() || machine.data.generation != step.generation()) {
                machine.data.marker = Data.NO_MARKER;
            }
            machine.data.epoch = step.epoch();
            machine.data.generation = step.generation();
            machine.data.rule = step.rule();
            machine.data.names = step.rule().synchronousStandbyNames();
            return true;
        }

        @Override
        public Boolean settle(Step.Settle step) {
            Machine machine = world.machine(step.primary());
            if (!machine.leads() || !takesWrites(machine) || machine.data.generation != step.generation()) {
                return false;
            }
            machine.data.write(1);
            machine.data.marker = Math.min(machine.data.marker, machine.data.position());
            memory = memory.with(new Marker(step.generation(), new Lsn(machine.data.position()), step.afterReload()));
            return true;
        }

        @Override
        public Boolean follow(Step.Follow step) {
            Machine machine = world.machine(step.instance());
            boolean late = machine.data != null && machine.data.epoch > step.epoch();
            if (!takesWrites(machine) || !machine.data.standby || late && world.mutant != Mutant.LATE_FOLLOW) {
                return false;
            }
            world.disconnect(machine);
            forgetRule(machine, step.epoch());
            machine.data.epoch = step.epoch();
            machine.data.upstream = step.upstream();
            return true;
        }

        @Override
        public Boolean detach(Step.Detach step) {
            Machine machine = world.machine(step.instance());
            if (!takesWrites(machine) || !machine.data.standby || machine.data.epoch > step.epoch()) {
                return false;
            }
            forgetRule(machine, step.epoch());
            machine.data.epoch = step.epoch();
            boolean wasDetached = machine.data.upstream.isEmpty() && !machine.receiving && !machine.paused;
            machine.data.upstream = "";
            machine.dying = machine.receiving;
            machine.paused = false;
            if (wasDetached && machine.begunTimeline != 0) {
                world.disconnect(machine);
                machine.startAnew();
            }
            return true;
        }

        private void forgetRule(Machine machine, long epoch) {
            boolean isKept = world.mutant == Mutant.RULE_KEPT || world.mutant == Mutant.LATE_PROMOTION;
            if (machine.data.epoch < epoch && !isKept) {
                machine.data.forgetRule();
            }
        }

        @Override
        public Boolean promote(Step.Promote step) {
            Machine machine = world.machine(step.instance());
            if (!takesWrites(machine) || !machine.data.standby) {
                return false;
            }
            boolean late = machine.data.epoch != step.epoch() || !machine.data.upstream.isEmpty() || machine.dying;
            if (late && world.mutant != Mutant.LATE_PROMOTION) {
                return false;
            }
            world.invariants.canBePromoted(machine);
            machine.promote(step.timeline());
            world.promoted(machine, step.epoch());
            if (machine.gateOpen) {
                world.show(machine);
            }
            return true;
        }

        @Override
        public Boolean createSlot(Step.CreateSlot step) {
            Machine machine = world.machine(step.primary());
            return takesWrites(machine) && (machine.data.slots.add(step.slot()) || true);
        }

        @Override
        public Boolean dropSlot(Step.DropSlot step) {
            Machine machine = world.machine(step.primary());
            return takesWrites(machine) && (machine.data.slots.remove(step.slot()) || true);
        }

        @Override
        public Boolean checkpoint(Step.Checkpoint step) {
            Machine machine = world.machine(step.primary());
            if (!machine.leads() || !takesWrites(machine)) {
                return false;
            }
            machine.data.checkpoint = machine.data.position();
            machine.data.write(1);
            memory = memory.withCheckpoint(step.of(), world.now, checkpointsTake);
            return true;
        }

        @Override
        public Boolean demote(Step.Demote step) {
            Machine machine = world.machine(step.primary());
            if (!machine.leads() || !takesWrites(machine) || machine.stopping || machine.data.epoch > step.epoch()) {
                return false;
            }
            if (world.mutant != Mutant.DEMOTED_WITHOUT_EPOCH) {
                machine.data.epoch = step.epoch();
            }
            machine.beginToStop();
            return true;
        }

        @Override
        public Boolean stop(Step.Stop step) {
            Machine machine = world.machine(step.instance());
            if (!machine.leads() || !takesWrites(machine) || machine.stopping || machine.data.epoch != step.epoch()) {
                return false;
            }
            machine.beginToStop();
            return true;
        }

        @Override
        public Boolean replace(Step.Replace step) {
            throw new AssertionError("Pods of this world start");
        }
    }
}
