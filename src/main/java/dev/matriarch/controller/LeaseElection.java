package dev.matriarch.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Who of several replicas leads, by a Lease.
 *
 * <p>Leading is a permission that ends by itself: {@link #ACTS} after a renewal was <em>sent</em> that was answered later. Nobody has to notice anything for that, so an API
 * server that hangs cannot keep a leader who is none. Another one takes over {@link #LASTS} after it has <em>seen</em> the last change of the Lease, which was after
 * it was sent, by its own clock: clocks need not agree, only go equally fast, and between the two there is a second for what is under way.
 *
 * <p>A renewal is one request, with the resourceVersion that is known from the last. So with an API server that takes a second for each answer the same one leads on without a break.
 * One whose answer was lost conflicts the next time, and is looked at.
 *
 * <p>All of this saves work and noise. What two that believe to lead do is safe by the compare-and-set of the status and the locks of SQL deeds, not by this.
 */
final class LeaseElection {

    /** How long a Lease is respected after it was seen to change. */
    static final Duration LASTS = Duration.ofMillis(3_500);

    /** How long who renewed it may act, from when it asked for that. */
    static final Duration ACTS = Duration.ofMillis(2_500);

    /** How often it is renewed, and how often one that waits looks at it. */
    static final Duration RENEWED_EVERY = Duration.ofSeconds(1);

    static final Duration LOOKED_AT_EVERY = Duration.ofMillis(400);

    /** One that was renewed so long ago, by clocks that may differ, is nobody's: who has just started need not watch it. */
    private static final Duration ABANDONED = Duration.ofSeconds(30);

    /** Where the Lease is. */
    interface Store {
        /** What is there; empty if there is none. */
        Optional<Lease> read();

        /**
         * Writes it if nobody was faster: with the resourceVersion of what it follows, or without one if there was none.
         *
         * @return what is there now; empty if somebody was faster
         */
        Optional<Lease> write(Lease lease);
    }

    private final Store store;
    private final String identity;
    private final Clock clock;
    private final LongSupplier nanoTime;

    /** As it was read or written last; null: it is to be read. */
    private Lease known;

    /** Of what was read last; null before the first time. */
    private String lastVersion;

    private long changedAt;
    private volatile boolean held;
    private volatile long actsUntil;

    LeaseElection(Store store, String identity, Clock clock, LongSupplier nanoTime) {
        this.store = store;
        this.identity = identity;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Whether it may act now. */
    boolean leads() {
        return held && nanoTime.getAsLong() - actsUntil < 0;
    }

    /**
     * Renews it, or tries to get it; once more if somebody was faster. What the store throws is thrown, and changes nothing.
     *
     * @return how long to wait before the next time
     */
    Duration step() {
        for (int i = 0; i < 2; i++) {
            if (known == null || !isOurs(known)) {
                look();
            }
            if (!isOurs(known) && isOthers(known)) {
                held = false;
                return LOOKED_AT_EVERY;
            }
            long sent = nanoTime.getAsLong();
            if (take(sent)) {
                Duration passed = Duration.ofNanos(nanoTime.getAsLong() - sent);
                return passed.compareTo(RENEWED_EVERY) < 0 ? RENEWED_EVERY.minus(passed) : Duration.ZERO;
            }
        }
        return LOOKED_AT_EVERY;
    }

    /** Gives it back. */
    void release() {
        held = false;
        if (isOurs(known)) {
            LeaseSpec spec = known.getSpec();
            spec.setHolderIdentity("");
            spec.setLeaseDurationSeconds(1);
            store.write(known);
            known = null;
        }
    }

    private void look() {
        known = store.read().orElse(null);
        String version = known == null ? "" : known.getMetadata().getResourceVersion();
        if (!version.equals(lastVersion)) {
            boolean abandoned = lastVersion == null && isAbandoned(known);
            lastVersion = version;
            changedAt = nanoTime.getAsLong() - (abandoned ? LASTS.toNanos() : 0);
        }
    }

    private boolean isOurs(Lease lease) {
        return lease != null && identity.equals(lease.getSpec().getHolderIdentity());
    }

    /** Whether somebody has it and may still act. */
    private boolean isOthers(Lease lease) {
        if (lease == null
                || lease.getSpec().getHolderIdentity() == null
                || lease.getSpec().getHolderIdentity().isEmpty()) {
            return false;
        }
        return nanoTime.getAsLong() - changedAt < LASTS.toNanos();
    }

    private boolean isAbandoned(Lease lease) {
        return lease != null
                && lease.getSpec().getRenewTime() != null
                && lease.getSpec().getRenewTime().toInstant().plus(ABANDONED).isBefore(clock.instant());
    }

    private boolean take(long sent) {
        Optional<Lease> written = store.write(renewed(known));
        known = written.orElse(null);
        if (written.isEmpty()) {
            return false;
        }
        actsUntil = sent + ACTS.toNanos();
        held = true;
        return true;
    }

    private Lease renewed(Lease before) {
        ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
        LeaseBuilder next = before == null ? new LeaseBuilder() : new LeaseBuilder(before);
        LeaseSpec spec = Objects.requireNonNullElseGet(next.buildSpec(), LeaseSpec::new);
        if (!identity.equals(spec.getHolderIdentity())) {
            spec.setAcquireTime(now);
            spec.setLeaseTransitions(spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions() + 1);
        }
        spec.setHolderIdentity(identity);
        spec.setLeaseDurationSeconds((int) LASTS.toSeconds() + 1); // for people: there are no halves
        spec.setRenewTime(now);
        return next.withSpec(spec).build();
    }
}
