package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Switchover;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Not a fault by itself: somebody asks for another primary, and in the middle of it something goes wrong. */
public record SwitchedOver(Meanwhile meanwhile) implements Fault {

    /** How long after the request it goes wrong, in milliseconds: somewhere between its first look and the old primary's return. */
    private static final int WITHIN = 1_500;

    /** What goes wrong. */
    public enum Meanwhile {
        /** Nothing. */
        NOTHING,
        /** The leading operator is killed. */
        OPERATOR_KILLED,
        /** The Pod of who is to lead goes. */
        TARGET_KILLED,
        /** The postmaster that is being stopped goes. */
        OLD_PRIMARY_KILLED,
        /** The node of who is to lead gets no time. */
        TARGET_FROZEN,
        /** The node of who is to lead loses its link. */
        TARGET_CUT
    }

    @Override
    public String name() {
        return "switchover"
                + (meanwhile == Meanwhile.NOTHING
                        ? ""
                        : "-" + meanwhile.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    @Override
    public Injury inject(Situation situation) throws Exception {
        Cluster cluster = situation.cluster();
        int primary = situation.primary();
        int target = situation.standby();
        String node = situation.node(target);
        Switchover asked = Switchover.apply(
                cluster,
                "chaos-" + UUID.randomUUID().toString().substring(0, 8),
                "target: " + situation.name(target) + "\ndeadlineSeconds: 20");
        if (meanwhile != Meanwhile.NOTHING) {
            Thread.sleep(situation.chance().nextInt(WITHIN));
        }
        String what = situation.name(primary) + " to " + situation.name(target);
        return switch (meanwhile) {
            case NOTHING -> Injury.once(what, asked::hasCompleted);
            case OPERATOR_KILLED -> {
                Injury killed = OperatorKilled.kill(false);
                yield Injury.once(
                        what + ", " + killed.what(), () -> killed.over().call() && asked.hasEnded());
            }
            case TARGET_KILLED -> {
                Injury deleted = Injury.once(what, situation.anotherPod(target));
                situation
                        .kubectl()
                        .does("delete", "pod", situation.name(target), "--grace-period=0", "--force", "--wait=false");
                yield Injury.once(what, () -> deleted.over().call() && asked.hasEnded());
            }
            case OLD_PRIMARY_KILLED -> {
                // It may have ended by itself: then there is nothing to kill.
                situation
                        .kubectl()
                        .shell(
                                situation.name(primary),
                                "postgres",
                                "kill -KILL $(head -n 1 $PGDATA/postmaster.pid) 2>/dev/null; true");
                yield Injury.once(what, asked::hasEnded);
            }
            case TARGET_FROZEN -> lasting(situation, what, node, asked, "freeze", "thaw");
            case TARGET_CUT -> lasting(situation, what, node, asked, "cut", "join");
        };
    }

    private static Injury lasting(
            Situation situation, String what, String node, Switchover asked, String fault, String end) {
        Injury injury = new Injury(
                what + ", " + node,
                java.util.Set.of(node),
                situation.seconds(4, 8),
                () -> situation.machine(node, end),
                asked::hasEnded);
        situation.machine(node, fault);
        return injury;
    }

    /** It may go back and give way to a failover, in this order at most. */
    @Override
    public List<String> mustHold(Aftermath aftermath) {
        if (meanwhile == Meanwhile.NOTHING) {
            return aftermath.epochs() == 1
                    ? List.of()
                    : List.of("the epoch rose by " + aftermath.epochs() + ", and a switchover is one");
        }
        return Requirements.atMost(3, aftermath);
    }

    /** What goes wrong may have to be waited for: the operator, or somebody who does not stop. */
    @Override
    public Duration writesWithin() {
        return meanwhile == Meanwhile.NOTHING ? Requirements.REPLACED : Requirements.HANG;
    }
}
