package dev.matriarch.decide;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One course of events, of which a number decides everything: who moves, what breaks, when an operator looks, sleeps, dies, or acts upon what it saw long
 * ago. Two operators are at work, each with a memory of its own, and each with plans that it fell asleep over. After each step the {@link Invariants} hold;
 * when the faults end, the cluster becomes whole again.
 */
final class Course {

    private static final int EVENTS = 300;
    private static final int SLEEPERS = 6;

    /** Most clusters have three or five. */
    static final int[] SIZES = {1, 2, 3, 3, 3, 4, 5, 5};

    private final Random random;
    private final List<Operator> operators;
    private final Invariants invariants;
    private final Faults faults;
    final World world;

    private final List<Sleeper> sleepers;

    /** Types, sooner or later, what a condition says; nobody in most courses. */
    private final Optional<Person> person;

    /** When an operator takes a step of a heartbeat, between which it may sleep, and when time passes that a primary without heartbeats counts. */
    private final Random hearts;

    /** Whether nobody is ever asked to confirm. */
    private final boolean asynchronous;

    /** Of a hundred events so many are faults. */
    private final int unrest;

    /** In the end some never come back. */
    private final Optional<LastingLoss> loss;

    Course(long seed, Mutant mutant) {
        this(seed, mutant, false);
    }

    /** A course in which some instances never come back, if that is wanted. */
    Course(long seed, Mutant mutant, boolean lasting) {
        random = new Random(seed);
        world = new World(SIZES[random.nextInt(SIZES.length)], mutant);
        operators = List.of(new Operator(world, "operator 1"), new Operator(world, "operator 2"));
        hearts = new Random(seed ^ 0x5EED);
        asynchronous = seed % 8 == 1;
        if (asynchronous) {
            world.want(world.intent.instances(), 0);
        }
        operators.get(1).hasAnotherWay = asynchronous;
        operators.get(0).goesOn = true;
        invariants = world.invariants;
        sleepers = Stream.generate(() -> new Sleeper(world)).limit(SLEEPERS).toList();
        faults = new Faults(random, world, operators, asynchronous, seed % 4 == 2);
        person = seed % 4 == 0 ? Optional.of(new Person(new Random(~seed), world)) : Optional.empty();
        unrest = 2 + random.nextInt(16);
        loss = lasting
                ? Optional.of(new LastingLoss(new Random(seed * 0x9E3779B97F4A7C15L), world, operators.get(0)))
                : Optional.empty();
    }

    /** Runs it; what must never be seen and was, if anything. */
    Optional<Violation> run() {
        try {
            if (random.nextInt(8) > 0) {
                operators.get(0).settle();
            }
            for (int i = 0; i < EVENTS; i++) {
                event();
                person.ifPresent(Person::type);
                hearts();
                invariants.check();
            }
            faults.end();
            boolean accepted = person.filter(Person::hasAcceptedALoss).isPresent();
            if (faults.promotedByHand || world.deletions > 0 || accepted) {
                new Person(random, world).help(operators.get(0));
            }
            operators.get(0).settle();
            isWhole();
            loss.ifPresent(LastingLoss::happens);
            return Optional.empty();
        } catch (Violation violation) {
            return Optional.of(violation);
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(new Violation(Violation.Kind.ERROR, e.toString(), world, e));
        }
    }

    private void event() {
        world.pass(Duration.ofMillis(random.nextInt(400)));
        int what = random.nextInt(100);
        if (what < unrest) {
            faults.strike(any());
        } else if (what < 45) {
            operate();
        } else {
            move();
        }
    }

    /** Steps of heartbeats; and where they count, time. */
    private void hearts() {
        if (hearts.nextInt(12) == 0) {
            operators.get(hearts.nextInt(operators.size())).beat();
        }
        if (asynchronous && hearts.nextInt(3) == 0) {
            world.pass(Duration.ofMillis(hearts.nextInt(1_500)));
        }
    }

    private Machine any() {
        boolean primary = world.recorded.primary() != null && random.nextInt(3) == 0;
        return primary
                ? world.machine(world.recorded.primary())
                : world.machine(random.nextInt(Math.max(1, Math.max(world.replicas, world.intent.instances()))));
    }

    private void move() {
        switch (random.nextInt(12)) {
            case 0 -> world.statefulSet();
            case 1, 2 ->
                some(each -> {
                    each.supervise(world);
                    each.guard(world, Duration.ZERO);
                });
            case 3, 4, 5 ->
                some(each -> world.stream(each, random.nextInt(3) == 0 ? random.nextInt(3) : Integer.MAX_VALUE));
            case 6 ->
                some(each -> List.copyOf(each.senders.keySet()).forEach(sender -> {
                    if (random.nextInt(3) == 0) {
                        world.reload(each, sender);
                    }
                }));
            case 7 -> some(each -> each.openGate(world));
            case 8, 9 -> some(world::receiverEnds);
            default -> world.commit();
        }
    }

    /** Some of the machines move, and some don't. */
    private void some(Consumer<Machine> move) {
        for (Machine each : List.copyOf(world.all())) {
            if (random.nextBoolean()) {
                move.accept(each);
            }
        }
    }

    private void operate() {
        Operator operator = operators.get(random.nextInt(operators.size()));
        operator.behind = random.nextInt(10) == 0;
        operator.behindObjects = random.nextInt(20) == 0;
        Sleeper sleeper = sleepers.get(random.nextInt(sleepers.size()));
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                Observation seen = operator.observe();
                Plan plan = operator.plan(seen);
                operator.begin(plan);
                if (!plan.steps().isEmpty() && (!sleeper.hasSteps() || random.nextInt(3) == 0)) {
                    sleeper.fallAsleep(plan, seen, world.recorded);
                    goOn(operator, sleeper);
                }
            }
            case 2 -> {
                if (sleeper.isLate(world.recorded) || random.nextInt(4) == 0) {
                    goOn(operator, sleeper);
                }
            }
            default -> {
                Plan plan = operator.round();
                person.ifPresent(each -> each.read(plan));
            }
        }
        operator.behind = false;
        operator.behindObjects = false;
    }

    /** An operator does some steps of its plan, and sleeps over the rest. */
    private void goOn(Operator operator, Sleeper sleeper) {
        while (sleeper.hasSteps() && random.nextBoolean()) {
            sleeper.goOn(operator);
        }
    }

    private void isWhole() {
        Protocol recorded = world.recorded;
        Rule rule = recorded.newestRule();
        int required = world.intent.required();
        wholeIf(recorded.rules().size() == 1, "more than one rule is on record");
        wholeIf(recorded.transition().isEmpty(), "a transition is under way");
        wholeIf(rule.required() == required, "not as many confirm each commit as is wanted");
        wholeIf(
                required == 0 || rule.members().size() == world.intent.instances() - 1,
                "not all standbys are members of the rule");
        wholeIf(
                world.all().stream().filter(each -> each.up).count() == world.intent.instances(),
                "not as many instances run as are wanted");
        invariants.nothingIsLost(world.machine(recorded.primary()));
    }

    private void wholeIf(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(Violation.Kind.LIVENESS, otherwise, world);
        }
    }
}
