package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One course of events, of which a number decides everything: who moves, what breaks, when an operator looks, sleeps, dies, or acts upon what it saw long
 * ago. Two operators are at work, each with a memory of its own, and each with plans that it fell asleep over. After each step the {@link Invariants} hold;
 * when the faults end, the cluster becomes whole again.
 */
final class Course {

    private static final int EVENTS = 250;
    private static final int SLEEPERS = 3;

    private final Random random;
    private final World world;
    private final List<Operator> operators;
    private final Invariants invariants;

    /** A person who types, sooner or later, what a condition says; nobody in most courses. */
    private final Optional<Random> person;

    /** Whether nobody is ever asked to confirm. */
    private final boolean asynchronous;

    /** When an operator takes a step of a heartbeat, between which it may sleep, and when time passes that a primary without heartbeats counts. */
    private final Random hearts;

    /** What the last condition that said so would have a person say. */
    private Optional<Consent> remedy = Optional.empty();

    /** The rests of plans of operators that sleep. */
    private final List<Deque<Step>> asleep = new ArrayList<>();

    Course(long seed, Mutant mutant) {
        random = new Random(seed);
        world = new World(1 + random.nextInt(5), mutant);
        person = seed % 4 == 0 ? Optional.of(new Random(~seed)) : Optional.empty();
        operators = List.of(new Operator(world, "operator 1"), new Operator(world, "operator 2"));
        hearts = new Random(seed ^ 0x5EED);
        asynchronous = seed % 8 == 1;
        if (asynchronous) {
            world.want(world.intent.instances(), 0);
        }
        operators.get(1).hasAnotherWay = asynchronous;
        invariants = world.invariants;
        for (int i = 0; i < SLEEPERS; i++) {
            asleep.add(new ArrayDeque<>());
        }
    }

    /** Runs it; an error that names what is wrong, with the course of events, when something is. */
    void run() {
        if (random.nextInt(4) > 0) {
            operators.get(0).settle();
        }
        int calm = 2 + random.nextInt(12);
        for (int i = 0; i < EVENTS; i++) {
            int what = random.nextInt(100);
            if (what < 60) {
                move(any());
            } else if (what < 100 - calm) {
                operate();
            } else {
                fault(any());
            }
            person.ifPresent(this::type);
            hearts();
            invariants.check();
        }
        heal();
        operators.get(0).settle();
        assertWhole();
    }

    @Override
    public String toString() {
        return world.toString();
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
        boolean primary = world.recorded.primary() != null && random.nextInt(4) == 0;
        return primary
                ? world.machine(world.recorded.primary())
                : world.machine(random.nextInt(Math.max(1, Math.max(world.replicas, world.intent.instances()))));
    }

    private void move(Machine machine) {
        switch (random.nextInt(7)) {
            case 0 -> world.statefulSet();
            case 1 -> {
                machine.supervise(world);
                machine.guard(world, Duration.ZERO);
            }
            case 2 -> world.stream(machine);
            case 3 -> {
                List<String> senders = new ArrayList<>(machine.senders.keySet());
                if (!senders.isEmpty()) {
                    world.reload(machine, senders.get(random.nextInt(senders.size())));
                }
            }
            case 4 -> machine.openGate(world);
            case 5 -> world.receiverEnds(machine);
            default -> world.commit();
        }
    }

    private void operate() {
        Operator operator = operators.get(random.nextInt(operators.size()));
        operator.behind = random.nextInt(10) == 0;
        Deque<Step> plan = asleep.get(random.nextInt(asleep.size()));
        switch (random.nextInt(6)) {
            case 0 -> {
                Plan fresh = operator.plan();
                operator.begin(fresh);
                plan.clear();
                plan.addAll(fresh.steps());
            }
            case 1 -> {
                if (!plan.isEmpty() && !operator.act(plan.poll())) {
                    plan.clear();
                }
            }
            default -> read(operator.round());
        }
        operator.behind = false;
    }

    private void read(Plan plan) {
        plan.waitings().stream()
                .flatMap(each -> each.remedy().stream())
                .findFirst()
                .ifPresent(each -> remedy = Optional.of(each));
    }

    /** Types what was read, or changes whether it is needed. */
    private void type(Random will) {
        if (will.nextInt(20) > 0) {
            return;
        }
        if (will.nextInt(4) == 0) {
            boolean automatic = will.nextBoolean();
            world.note("user", () -> "sets failover.automatic to " + automatic);
            world.wish(automatic, Duration.ZERO);
        } else if (remedy.isPresent()) {
            world.note("user", () -> "asks for " + remedy.get());
            world.ask(remedy.get().toString());
        }
    }

    private void fault(Machine machine) {
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                fault("crash of " + machine.name);
                world.disconnect(machine);
                machine.crash();
            }
            case 2 -> {
                fault("Pod lost of " + machine.name);
                world.disconnect(machine);
                machine.losePod();
            }
            case 3 -> {
                fault("connections lost of " + machine.name);
                world.disconnect(machine);
            }
            case 4 -> {
                machine.answers = !machine.answers;
                fault(machine.name + (machine.answers ? " answers the operators" : " is out of the operators' reach"));
            }
            case 5 -> {
                machine.linked = !machine.linked;
                fault(machine.name + (machine.linked ? " reaches the others" : " is cut off from the others"));
            }
            case 6 -> {
                machine.linked = !machine.linked;
                machine.answers = machine.linked;
                fault(machine.name + (machine.linked ? " is back" : " is cut off from everybody"));
            }
            case 7 -> lose(machine);
            case 8 -> removeWal(machine);
            case 9 -> {
                int instances = 1 + random.nextInt(5);
                int required = random.nextInt(8) == 0 || asynchronous ? 0 : instances / 2;
                fault("wanted are " + instances + " instances, each commit on " + (required + 1));
                world.want(instances, required);
            }
            case 10 -> {
                boolean hibernated = random.nextInt(3) == 0;
                fault(hibernated ? "hibernation" : "no hibernation");
                world.hibernate(hibernated);
            }
            case 11 -> {
                int operator = random.nextInt(operators.size());
                fault("operator " + (operator + 1) + " forgets");
                operators.get(operator).forget();
            }
            default -> {
                int millis = random.nextInt(12_000);
                fault("time passes");
                world.pass(Duration.ofMillis(millis));
            }
        }
    }

    private void fault(String what) {
        world.note("fault", () -> what);
    }

    /** One volume at a time, and not that of a primary or while it changes: more may be lost than is kept, and then a person decides. */
    private void lose(Machine machine) {
        boolean othersHoldData = world.all().stream()
                .filter(each -> each != machine && each.uid.isPresent())
                .allMatch(each -> each.data != null);
        if (machine.name.equals(world.recorded.primary())
                || machine.leads()
                || world.recorded.transition().isPresent()
                || !othersHoldData) {
            return;
        }
        world.disconnect(machine);
        if (random.nextBoolean()) {
            fault("volume emptied of " + machine.name);
            machine.loseData();
        } else {
            fault("volume lost of " + machine.name);
            machine.loseClaim();
        }
        if (world.mutant != Mutant.AMNESIA) {
            Invariants.forgive(world);
        }
    }

    /** Past what the slots keep, also while somebody was just copied and has yet to connect. */
    private void removeWal(Machine machine) {
        if (machine.leads()) {
            fault("WAL removed of " + machine.name);
            machine.data.oldestWal = machine.data.position();
        }
    }

    private void heal() {
        asleep.forEach(Deque::clear);
        world.hibernate(false);
        world.wish(true, Duration.ZERO);
        world.all().forEach(each -> {
            each.answers = true;
            each.linked = true;
        });
        keepThePrimary();
        fault("no more faults");
    }

    /** A scale-in that would remove it waits for a switchover: so whoever may lead in the end is wanted. */
    private void keepThePrimary() {
        int least = world.all().stream()
                .filter(each -> each.claim)
                .mapToInt(each -> Names.ordinal(each.name) + 1)
                .max()
                .orElse(1);
        if (world.intent.instances() < least) {
            world.want(least, world.intent.required() == 0 ? 0 : least / 2);
        }
    }

    private void assertWhole() {
        assertThat(world.recorded.rules()).as("rules\n%s", world).hasSize(1);
        assertThat(world.recorded.transition()).as("transition\n%s", world).isEmpty();
        Rule rule = world.recorded.newestRule();
        assertThat(rule.required()).as("required\n%s", world).isEqualTo(world.intent.required());
        if (rule.required() > 0) {
            assertThat(rule.members()).as("members\n%s", world).hasSize(world.intent.instances() - 1);
        }
        assertThat(world.all().stream().filter(each -> each.up).count())
                .as("instances\n%s", world)
                .isEqualTo(world.intent.instances());
    }
}
