package dev.matriarch.decide;

import java.util.Optional;

/**
 * Who follows the primary, or who is to lead, and who cannot: their histories compared.
 *
 * <p>Nobody is pointed to who leads, or is started as its standby, before what it has was compared with that one's history. PostgreSQL itself, where the two have parted, tries for
 * ever; and each time it connects it reports, as we read its source, the position up to which it has replayed, as a member of the rule: commits at smaller positions on the new timeline would count as
 * confirmed by one that never gets them. So a standby of another timeline is detached in the new epoch, and one that does not run is started without an upstream: detached means that all
 * it has is replayed. What counts is what was replayed: behind that there may be the first half of a record that nobody has whole. If it is beyond the point where the primary left its
 * timeline, or on a timeline that the primary was never on, the histories have parted, and it is told to rejoin. Nothing is lost by that: when the primary was elected the fence was
 * closed, so all that was acknowledged on older timelines, or ever could be, is in its history; or a person has accepted that it is lost, or commits waited for nobody, and the last ones
 * were lost with the primary. The same becomes, by the same proof, of what a former primary has too much.
 */
final class Following {

    private Following() {}

    /**
     * Whether it may be started as a standby of the primary: what it has was compared, or was written on the primary's timeline. Of one that does not answer the mark
     * says so.
     */
    static boolean mayStart(Instance instance, Observation seen) {
        Protocol protocol = seen.protocol();
        boolean isCompared = instance.database()
                .filter(its -> its.epoch() == protocol.epoch())
                .filter(its -> !its.waitsForUpstream() || seen.primaryDatabase().isPresent())
                .isPresent();
        boolean isOnItsTimeline = instance.database()
                .map(its -> its.timeline() == protocol.timeline())
                .orElseGet(() -> instance.mark()
                        .filter(mark -> mark.protocol().timeline() == protocol.timeline())
                        .isPresent());
        boolean wasCompared = instance.database().isEmpty() && Assigning.isTold(instance, Assignment.follow(protocol));
        return isCompared || isOnItsTimeline || wasCompared;
    }

    /**
     * Whether it cannot follow the recorded primary, which is in recovery: it has what that one does not, which nobody had confirmed when the fence was
     * closed, or lacks what that one no longer has.
     */
    static boolean cannotFollow(Instance standby, Observation seen) {
        return seen.primary().filter(primary -> cannotFollow(standby, primary)).isPresent();
    }

    /** Whether it cannot follow one that is, or may be, elected. */
    static boolean cannotFollow(Instance standby, Instance elected) {
        Instance.Database database = standby.database().get();
        return elected.database()
                .filter(Instance.Database::inRecovery)
                .filter(its -> hasMore(database, its)
                        || !database.receiving() && database.position().compareTo(its.oldestWal()) < 0)
                .isPresent();
    }

    /** Whether a standby has what one that leads, or is to lead, does not have. The position of one that is to lead is final. */
    private static boolean hasMore(Instance.Database standby, Instance.Database upstream) {
        boolean isBeyond = upstream.inRecovery()
                && standby.timeline() == upstream.timeline()
                && standby.replayed().compareTo(upstream.position()) > 0;
        return isBeyond || upstream.hasPartedFrom(standby.timeline(), standby.replayed());
    }

    /** Whether what it has, running or not, is known not to be in the primary's history. A walsender of it proves nothing: it may connect, in vain, again and again. */
    static boolean hasParted(Instance instance, Observation seen) {
        Optional<Instance.Database> primary = seen.primaryDatabase();
        Optional<Instance.Database> its = instance.database();
        if (primary.isEmpty()) {
            return false;
        }
        return its.isPresent()
                ? primary.get().hasPartedFrom(its.get().timeline(), its.get().replayed())
                : instance.report()
                        .filter(said -> !said.saysItRuns())
                        .flatMap(Instance.Report::data)
                        .filter(data ->
                                data.systemIdentifier().equals(seen.protocol().systemIdentifier()))
                        .filter(data -> primary.get().hasPartedFrom(data.timeline(), data.checkpoint()))
                        .isPresent();
    }

    /**
     * Points a standby to the recorded primary, which leads or is to lead: of another timeline not before its position is final, and not if it has more than the primary.
     * Before a promotion that was planned everybody has been sent all, and nothing more is on its way. One that has begun a timeline of which it has nothing could not connect.
     */
    static Optional<Step> pointing(Instance standby, Instance.Database upstream, Protocol protocol) {
        Instance.Database its = standby.database().get();
        boolean isPlanned = protocol.transition().flatMap(Transition::planned).isPresent();
        boolean mayGetMore = its.epoch() < protocol.epoch()
                && (upstream.inRecovery() ? !isPlanned : its.timeline() != upstream.timeline());
        if (its.begun() || mayGetMore && !upstream.hasPartedFrom(its.timeline(), its.replayed())) {
            return Optional.of(new Step.Detach(standby.name(), protocol.epoch()));
        }
        return hasMore(its, upstream)
                ? Optional.empty()
                : Optional.of(new Step.Follow(standby.name(), protocol.primary(), protocol.epoch()));
    }
}
