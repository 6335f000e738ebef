package dev.matriarch.decide;

import java.util.Optional;

/**
 * A Pod that could not start with what it was given, and would be given something else by now, is made anew: else a spec that was put right would
 * not help.
 *
 * <p>Nothing is destroyed by it. PostgreSQL does not run in such a Pod: its container does not, or its supervisor said last that it could not start, and
 * says so when it begins again. So nobody is served by it and no commit waits for it. A Pod holds no data, only its volume does, which stays.
 * That it can go at any moment is what all else is decided upon: the new one is told what to do from the record and the mark beside its data, as after any
 * deletion by hand. Should PostgreSQL begin to start between the look and the deed, it ends by a fast shutdown, as it would then. The Pod is deleted
 * gracefully, so that of a node that is cut off stays until its kubelet has ended it, and two never have the volume.
 *
 * <p>One at a time, and only while all others are there. One that fails again is not outdated any more and is left alone.
 */
final class Replacing {

    private Replacing() {}

    static Optional<Step> step(Observation seen) {
        long live = seen.instances().stream().filter(Instance::hasLivePod).count();
        if (live < seen.replicas()) {
            return Optional.empty();
        }
        return seen.instances().stream()
                .filter(each -> each.hasLivePod() && each.pod().get().outdated())
                .filter(Replacing::cannotStart)
                .map(each ->
                        (Step) new Step.Replace(each.name(), each.pod().get().uid()))
                .findFirst();
    }

    private static boolean cannotStart(Instance instance) {
        boolean stuck = instance.pod()
                .filter(pod -> pod.idle() && !pod.trouble().isEmpty())
                .isPresent();
        return instance.database().isEmpty()
                && (stuck
                        || instance.report()
                                .filter(Instance.Report::cannotStart)
                                .isPresent());
    }
}
