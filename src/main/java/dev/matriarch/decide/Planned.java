package dev.matriarch.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a switchover has on record beyond what a failover has.
 *
 * @param request name of the PgSwitchover that asked for it; empty: the operator itself, because the primary's instance is to be removed
 * @param uid identity of that PgSwitchover; empty with the name
 * @param deadline when the old primary leads again, unless the other has been elected by then: that of who asked for it, or earlier, so that writes do not wait for long
 * @param stoppedAt where the old primary's last checkpoint begins, which is the last thing it wrote; empty until it has stopped
 * @param reversal why it was given up; empty: it was not
 * @param phases when each phase began, in their order
 */
public record Planned(
        String request,
        String uid,
        Instant deadline,
        Optional<Lsn> stoppedAt,
        Optional<Reversal> reversal,
        List<Began> phases) {

    /** When a phase began. */
    public record Began(Transition.Phase phase, Instant at) {}

    /** Why a switchover was given up. */
    public enum Reversal {
        /** Its PgSwitchover was deleted. */
        Withdrawn("its PgSwitchover was deleted"),
        /** Its deadline passed before somebody else was elected, or writes would wait for too long. */
        DeadlineExceeded("nobody was elected within spec.deadlineSeconds, or within " + Switching.NO_WRITES.toSeconds()
                + " s after the primary was told to stop"),
        /** The old primary did not stop cleanly, so nobody can tell what it wrote last. */
        PrimaryDidNotStop("the old primary did not stop cleanly"),
        /** The old primary went away while it was being stopped. */
        PrimaryLost("the old primary was lost while it was being stopped"),
        /** Who was to lead went away. */
        TargetLost("who was to lead was lost"),
        /** Who was to lead does not have all that the old primary had. */
        TargetLacksWrites("who was to lead does not have all that the old primary wrote"),
        /** Who was elected was lost before it led, or could not be promoted, and a failover took its place. */
        OvertakenByFailover("after the election a failover took over");

        private final String words;

        Reversal(String words) {
            this.words = words;
        }

        /** As a part of a sentence. */
        public String words() {
            return words;
        }
    }

    public Planned {
        phases = List.copyOf(phases);
    }

    /** One whose primary is told to stop now. */
    static Planned of(SwitchoverWish wish, Instant now) {
        Instant latest = now.plus(Switching.NO_WRITES);
        Instant deadline = wish.deadline().isBefore(latest) ? wish.deadline() : latest;
        return new Planned(wish.request(), wish.uid(), deadline, Optional.empty(), Optional.empty(), List.of());
    }

    /** Whether the operator itself wants it. */
    public boolean isOwn() {
        return request.isEmpty();
    }

    Planned begun(Transition.Phase phase, Instant now) {
        List<Began> all = new ArrayList<>(phases);
        all.add(new Began(phase, now));
        return new Planned(request, uid, deadline, stoppedAt, reversal, all);
    }

    Planned stopped(Lsn position) {
        return new Planned(request, uid, deadline, Optional.of(position), reversal, phases);
    }

    Planned reversed(Reversal why) {
        return new Planned(request, uid, deadline, stoppedAt, Optional.of(why), phases);
    }
}
