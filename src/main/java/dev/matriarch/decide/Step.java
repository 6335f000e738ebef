package dev.matriarch.decide;

import dev.matriarch.decide.Assignment.Role;
import java.util.Optional;

/**
 * One deed. Steps of a plan are done in their order; the first that fails ends the plan, and the next round decides again. Every step can be
 * done twice without harm.
 */
public sealed interface Step {

    /** Who does, prints or counts steps. */
    interface Visitor<R> {
        R record(Record step);

        R mark(WriteMark step);

        R assign(Assign step);

        R label(Label step);

        R bootstrap(Bootstrap step);

        R setRule(SetRule step);

        R settle(Settle step);

        R follow(Follow step);

        R detach(Detach step);

        R promote(Promote step);

        R createSlot(CreateSlot step);

        R dropSlot(DropSlot step);

        R replace(Replace step);

        R checkpoint(Checkpoint step);

        R demote(Demote step);

        R stop(Stop step);
    }

    /** Calls the method of the visitor that is about this kind of step. */
    <R> R accept(Visitor<R> visitor);

    /** Records a new protocol in the status, when the recorded one is still {@code seen}. Always the last step of a plan. */
    record Record(Protocol seen, Protocol next, String why) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.record(this);
        }
    }

    /** Mirrors the protocol beside the data of an instance, unless a later one stands there. */
    record WriteMark(String instance, Mark mark) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.mark(this);
        }
    }

    /** Tells an instance what to do, if it still is told what was {@code seen}. */
    record Assign(String instance, String podUid, Optional<Assignment> seen, Assignment assignment) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.assign(this);
        }
    }

    /** Sets or takes away the role label of a Pod. */
    record Label(String instance, String podUid, Optional<Role> role) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.label(this);
        }
    }

    /** Makes what {@code spec.bootstrap} says, once, behind the closed gate. */
    record Bootstrap(String primary) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.bootstrap(this);
        }
    }

    /** Puts a recorded rule in force, unless the primary has seen a later epoch or generation. */
    record SetRule(String primary, long epoch, long generation, Rule rule) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.setRule(this);
        }
    }

    /**
     * Writes a WAL marker behind the reload of a rule.
     *
     * @param afterNone whether commits waited for nobody under a rule on record
     * @param afterReload whether all walsenders that may count have taken the rule
     */
    record Settle(String primary, long generation, boolean afterNone, boolean afterReload) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.settle(this);
        }
    }

    /** Points a running standby to an upstream, unless it has seen a later epoch. */
    record Follow(String instance, String upstream, long epoch) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.follow(this);
        }
    }

    /** Takes its upstream from a running standby, unless it has seen a later epoch; the sessions of clients there end. */
    record Detach(String instance, long epoch) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.detach(this);
        }
    }

    /** Promotes a detached standby to a reserved timeline, if this is the latest epoch that it has seen. */
    record Promote(String instance, long epoch, long timeline) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.promote(this);
        }
    }

    /**
     * Has a primary write a checkpoint, so that its stop is short. That it has ended is remembered; it may take longer than the step.
     *
     * @param of for which switchover
     */
    record Checkpoint(String primary, String of) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.checkpoint(this);
        }
    }

    /** Begins to stop a primary, fast, unless it has seen a later epoch. From then on its supervisor starts it in no earlier one. */
    record Demote(String primary, long epoch) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.demote(this);
        }
    }

    /** Begins to stop, fast, who led before and leads on though another does, unless it has seen another epoch than this, in which it led. Nothing on its volume changes. */
    record Stop(String instance, long epoch) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.stop(this);
        }
    }

    /** Makes a physical replication slot. */
    record CreateSlot(String primary, String slot) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createSlot(this);
        }
    }

    /** Drops a replication slot that no instance will use. */
    record DropSlot(String primary, String slot) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropSlot(this);
        }
    }

    /** Deletes a Pod whose PostgreSQL does not run, so that its StatefulSet makes it anew from the present template. */
    record Replace(String instance, String podUid) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.replace(this);
        }
    }
}
