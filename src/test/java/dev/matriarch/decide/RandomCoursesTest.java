package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Courses that nobody thought of: everything that can happen next happens in an order that a seed decides, operators die or sleep between any two steps, and
 * after each step the {@link Invariants} hold. When the faults end, the cluster becomes whole again. A seed that fails is the whole report.
 */
class RandomCoursesTest {

    private static final int SEEDS = 1500;
    private static final int EVENTS = 200;

    @Test
    void everyCourseKeepsTheInvariantsAndEndsWhole() {
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                new Course(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Course {

        private final Random random;
        private final World world;
        private final Operator operator;

        /** The rest of the plan of an operator that sleeps. */
        private final Deque<Step> asleep = new ArrayDeque<>();

        private final Invariants invariants;

        Course(long seed) {
            random = new Random(seed);
            world = new World(1 + random.nextInt(5));
            operator = new Operator(world);
            invariants = new Invariants(world);
        }

        void run() {
            if (random.nextBoolean()) {
                operator.settle();
            }
            for (int i = 0; i < EVENTS; i++) {
                int what = random.nextInt(100);
                if (what < 60) {
                    move(any());
                } else if (what < 90) {
                    operate();
                } else {
                    fault(any());
                }
                invariants.check();
            }
            heal();
            operator.settle();
            assertWhole();
        }

        private Machine any() {
            return world.machine(random.nextInt(Math.max(1, Math.max(world.replicas, world.intent.instances()))));
        }

        private void move(Machine machine) {
            switch (random.nextInt(6)) {
                case 0 -> world.statefulSet();
                case 1 -> machine.supervise(world);
                case 2 -> world.stream(machine);
                case 3 -> {
                    List<String> senders = new ArrayList<>(machine.senders.keySet());
                    if (!senders.isEmpty()) {
                        world.reload(machine, senders.get(random.nextInt(senders.size())));
                    }
                }
                case 4 -> machine.openGate(world);
                default -> world.commit();
            }
        }

        private void operate() {
            switch (random.nextInt(5)) {
                case 0 -> {
                    Plan plan = operator.plan();
                    operator.begin(plan);
                    asleep.clear();
                    asleep.addAll(plan.steps());
                }
                case 1 -> {
                    if (!asleep.isEmpty() && !operator.act(asleep.poll())) {
                        asleep.clear();
                    }
                }
                default -> operator.round();
            }
        }

        private void fault(Machine machine) {
            switch (random.nextInt(10)) {
                case 0 -> {
                    world.note("crash of", machine.name);
                    world.disconnect(machine);
                    machine.crash();
                }
                case 1 -> {
                    world.note("Pod lost of", machine.name);
                    world.disconnect(machine);
                    machine.losePod();
                }
                case 2 -> world.disconnect(machine);
                case 3 -> machine.answers = !machine.answers;
                case 4 -> lose(machine);
                case 5 -> removeWal(machine);
                case 6 -> {
                    int instances = 1 + random.nextInt(5);
                    world.note("instances", instances);
                    world.want(instances, random.nextInt(8) == 0 ? 0 : instances / 2);
                }
                case 7 -> world.hibernate(random.nextInt(3) == 0);
                case 8 -> operator.forget();
                default -> world.pass(Duration.ofSeconds(random.nextInt(12)));
            }
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
            world.note("volume lost of", machine.name);
            world.disconnect(machine);
            if (random.nextBoolean()) {
                machine.loseData();
            } else {
                machine.loseClaim();
            }
            Invariants.forgive(world);
        }

        /** Past what the slots keep, also while somebody was just copied and has yet to connect. */
        private void removeWal(Machine machine) {
            if (machine.leads()) {
                world.note("WAL removed of", machine.name);
                machine.data.oldestWal = machine.data.position();
            }
        }

        private void heal() {
            asleep.clear();
            world.hibernate(false);
            world.all().forEach(each -> each.answers = true);
            keepThePrimary();
            world.note("the faults end", "");
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
}
