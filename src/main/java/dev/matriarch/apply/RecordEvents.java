package dev.matriarch.apply;

import dev.matriarch.decide.Consent;
import dev.matriarch.decide.Planned;
import dev.matriarch.decide.Step;
import dev.matriarch.decide.Transition;
import dev.matriarch.status.EventReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is told of a PgCluster whose record has changed. */
final class RecordEvents {

    /** One Event. */
    record Told(EventReason reason, String message) {}

    private RecordEvents() {}

    static List<Told> of(Step.Record step) {
        Optional<Transition> switched = step.next()
                .lastSwitchover()
                .filter(last -> !step.seen().lastSwitchover().equals(Optional.of(last)));
        boolean givenUp =
                switched.flatMap(Transition::planned).flatMap(Planned::reversal).isPresent();
        List<Told> told = new ArrayList<>();
        told.add(new Told(
                givenUp ? EventReason.SwitchoverFailed : EventReason.Recorded,
                "Epoch " + step.next().epoch() + ", rule generation "
                        + step.next().ruleGeneration() + ": " + step.why() + "."));
        switched.filter(each -> !givenUp).map(RecordEvents::switchedOver).ifPresent(told::add);
        step.next()
                .transition()
                .filter(each -> each.phase() == Transition.Phase.Demoting)
                .filter(each -> step.next().epoch() > step.seen().epoch())
                .map(each -> demoting(each, step.next().epoch()))
                .ifPresent(told::add);
        step.next()
                .transition()
                .filter(each -> each.phase() == Transition.Phase.Fencing)
                .flatMap(Transition::accepted)
                .map(kept -> lossAccepted(kept, step.next().epoch()))
                .ifPresent(told::add);
        return told;
    }

    private static Told switchedOver(Transition ended) {
        Duration outage = Duration.between(ended.startedAt(), ended.endedAt().orElseThrow());
        return new Told(
                EventReason.SwitchedOver,
                ended.to().orElseThrow() + " leads, and no longer " + ended.from() + ". Writes waited for "
                        + outage.toMillis() + " ms, as the operator saw it.");
    }

    /** By the record and not by the deed, whose session ends with the server: whether it has heard that it was done is chance. */
    private static Told demoting(Transition begun, long epoch) {
        return new Told(
                EventReason.Demoting,
                begun.from() + " is being stopped in epoch " + epoch + ", so that another leads.");
    }

    private static Told lossAccepted(Consent.Kept kept, long epoch) {
        return new Told(
                EventReason.LossAccepted,
                "A person accepts that all writes after " + kept.position() + " of " + kept.instance()
                        + " are lost. Epoch " + epoch + " goes on by that.");
    }
}
