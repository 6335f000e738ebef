package dev.matriarch.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** What breaks, or is wanted anew, in a {@link Course}. Each course has a few kinds of it, so that some courses have much of the same. */
final class Faults {

    private final Random random;
    private final World world;
    private final List<Operator> operators;
    private final List<Consumer<Machine>> kinds;

    /** Whether there was one that may have left so few standbys that only a person can decide. */
    boolean promotedByHand;

    /** Whether nobody is ever asked to confirm. */
    private final boolean asynchronous;

    Faults(Random random, World world, List<Operator> operators, boolean asynchronous, boolean deletes) {
        this.asynchronous = asynchronous;
        this.random = random;
        this.world = world;
        this.operators = operators;
        List<Consumer<Machine>> all = new ArrayList<>(List.of(
                this::crash,
                this::losePod,
                this::restart,
                this::loseConnections,
                this::hide,
                this::cut,
                this::deafen,
                this::isolate,
                this::part,
                this::cancel,
                this::loseVolume,
                this::removeWal,
                this::promoteByHand,
                this::stall,
                this::scale,
                this::hibernate,
                this::switchOver,
                this::forget,
                this::pass));
        if (deletes) { // not in every course: much of what lasts longer never comes to pass then
            all.add(this::delete);
        }
        Collections.shuffle(all, random);
        kinds = all.subList(0, 2 + random.nextInt(all.size() - 2));
    }

    /** One of them happens, to this machine if to any. */
    void strike(Machine machine) {
        if (random.nextBoolean()) {
            reconnect();
        } else {
            kinds.get(random.nextInt(kinds.size())).accept(machine);
        }
    }

    /** Nothing is broken any more. */
    void end() {
        note("no more faults");
        world.hibernate(false);
        world.wish(true, Duration.ZERO);
        world.askForNoSwitchover();
        world.all().forEach(each -> {
            world.thaw(each);
            each.answers = true;
            each.linked = true;
            each.parted.clear();
            each.hearsAgain();
        });
    }

    /** A PgSwitchover is made, or the one there is is deleted. */
    private void switchOver(Machine machine) {
        if (!world.intent.switchovers().isEmpty() && random.nextInt(3) == 0) {
            note("the switchover is not wanted any more");
            world.askForNoSwitchover();
            return;
        }
        Optional<String> target = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(machine.name);
        Duration within = Duration.ofSeconds(1 + random.nextInt(30));
        note("a switchover to " + target.orElse("anybody") + " is wanted within " + within.toSeconds() + " s");
        world.switchOver(target, 1 + random.nextInt(3), within);
    }

    private void note(String what) {
        world.note("fault", () -> what);
    }

    private void crash(Machine machine) {
        note("crash of " + machine.name);
        world.disconnect(machine);
        machine.crash();
    }

    private void losePod(Machine machine) {
        note("Pod lost of " + machine.name);
        world.disconnect(machine);
        machine.losePod();
    }

    private void restart(Machine machine) {
        note("container restarted of " + machine.name);
        world.disconnect(machine);
        machine.restart();
    }

    private void loseConnections(Machine machine) {
        note("connections lost of " + machine.name);
        world.disconnect(machine);
    }

    private void hide(Machine machine) {
        note(machine.name + " is out of the operators' reach");
        machine.answers = false;
    }

    private void cut(Machine machine) {
        note(machine.name + " is cut off from the others");
        machine.linked = false;
    }

    private void deafen(Machine machine) {
        note("what " + machine.name + " is told no longer reaches it");
        machine.hearsNothingNew();
    }

    private void isolate(Machine machine) {
        note(machine.name + " is cut off from everybody");
        machine.answers = false;
        machine.linked = false;
    }

    /** A client does not wait for the acknowledgement any more. What it committed stays where it is, confirmed or not. */
    private void cancel(Machine machine) {
        if (!machine.waiting.isEmpty()) {
            note("a client of " + machine.name + " stops waiting");
            machine.waiting.pollLastEntry();
        }
    }

    private void part(Machine machine) {
        List<Machine> others =
                world.all().stream().filter(each -> each != machine).toList();
        if (!others.isEmpty()) {
            Machine other = others.get(random.nextInt(others.size()));
            note(machine.name + " and " + other.name + " do not see each other");
            machine.partFrom(other);
        }
    }

    /** And made again: of what was recorded only the marks beside the data are left. */
    private void delete(Machine machine) {
        if (random.nextInt(3) == 0 && world.recorded.initialised()) {
            note("the PgCluster is deleted");
            world.all().forEach(world::disconnect);
            world.delete();
        }
    }

    /** Of what was cut off, something may come back: reached by the operators, by the others, or by both. */
    private void reconnect() {
        world.all().stream().filter(each -> random.nextInt(6) == 0).forEach(Machine::hearsAgain);
        world.all().stream()
                .filter(Machine::stalled)
                .filter(each -> random.nextInt(4) == 0)
                .findFirst()
                .ifPresent(world::thaw);
        world.all().stream()
                .filter(each -> !each.parted.isEmpty() && random.nextInt(3) == 0)
                .findFirst()
                .ifPresent(each -> {
                    note(each.name + " sees everybody again");
                    List.copyOf(each.parted).forEach(other -> each.meet(world.machine(other)));
                });
        world.all().stream()
                .filter(each -> !each.answers || !each.linked)
                .filter(each -> random.nextInt(3) == 0)
                .findFirst()
                .ifPresent(each -> {
                    each.answers |= random.nextInt(3) > 0;
                    each.linked |= random.nextInt(3) > 0;
                    note(each.name
                            + (each.answers ? " answers the operators" : " is out of the operators' reach")
                            + (each.linked ? " and reaches the others" : " and is cut off from the others"));
                });
    }

    /** One volume at a time, and not that of a primary or while it changes: more may be lost than is kept, and then a person decides. */
    private void loseVolume(Machine machine) {
        boolean othersHoldData = world.all().stream()
                .filter(each -> each != machine && each.uid.isPresent())
                .allMatch(each -> each.data != null);
        if (!world.recorded.initialised()
                || machine.name.equals(world.recorded.primary())
                || machine.leads()
                || world.recorded.transition().isPresent()
                || !othersHoldData) {
            return;
        }
        world.disconnect(machine);
        int how = random.nextInt(4);
        if (how == 0) {
            note("volume damaged of " + machine.name);
            machine.damage();
        } else if (how == 1) {
            note("volume emptied of " + machine.name);
            machine.loseData();
        } else {
            note("volume lost of " + machine.name);
            machine.loseClaim();
        }
        if (world.mutant != Mutant.AMNESIA) {
            Invariants.forgive(world);
        }
    }

    /** Past what the slots keep, also while somebody was just copied and has yet to connect; on a standby too. */
    private void removeWal(Machine machine) {
        if (machine.up && !machine.stalled()) {
            note("WAL removed of " + machine.name);
            machine.data.oldestWal = machine.data.position();
        }
    }

    private void stall(Machine machine) {
        world.stall(machine);
    }

    /** Somebody believes that there is no other way, once: of two on timelines of the same number nobody could tell which is which. */
    private void promoteByHand(Machine machine) {
        if (machine.up && machine.data.standby && !machine.stalled() && !promotedByHand) {
            promotedByHand = true;
            note("promotion by hand of " + machine.name);
            world.disconnect(machine);
            machine.promoteByHand();
            Protocol recorded = world.recorded;
            if (recorded.transition().isPresent() && machine.name.equals(recorded.primary())) {
                world.promoted(
                        machine, recorded.epoch()); // what an elected shows before others have it may yet be lost
            }
        }
    }

    private void scale(Machine machine) {
        int instances = Course.SIZES[random.nextInt(Course.SIZES.length)];
        int required = random.nextInt(16) == 0 || asynchronous ? 0 : instances / 2;
        note("wanted are " + instances + " instances, each commit on " + (required + 1));
        world.want(instances, required);
    }

    private void hibernate(Machine machine) {
        boolean hibernated = random.nextInt(4) == 0;
        note(hibernated ? "hibernation" : "no hibernation");
        world.hibernate(hibernated);
    }

    private void forget(Machine machine) {
        int operator = random.nextInt(operators.size());
        note("operator " + (operator + 1) + " forgets");
        operators.get(operator).forget();
    }

    private void pass(Machine machine) {
        note("time passes");
        world.pass(Duration.ofMillis(random.nextInt(12_000)));
    }
}
