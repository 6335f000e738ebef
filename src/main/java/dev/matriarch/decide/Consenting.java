package dev.matriarch.decide;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A person's word on a failover that is not made without it.
 *
 * <p>It has an effect only on what it was given for. It names the epoch on record, and its effect raises that. And it names the position of the
 * standby that would lead: while the primary is lost nothing moves that, and should the primary come back, what it writes then does. So one that was
 * left behind is about an epoch or a position of the past, and is refused.
 *
 * <p>An operator that dies finds it again, as an annotation as long as it has had no effect, and from then on in the record of the transition.
 */
public final class Consenting {

    /** How much of what is not understood is repeated, in characters. */
    private static final int SHOWN = 80;

    private Consenting() {}

    /** What a person would have to say for the best of those that answer to lead, whatever it lacks; empty while none answers. */
    static Optional<Consent> toLose(Observation seen) {
        Protocol protocol = seen.protocol();
        return Election.best(Fence.present(seen), seen)
                .map(best -> new Consent(
                        protocol.epoch(),
                        Optional.of(new Consent.Kept(
                                best.name(), best.database().get().position()))));
    }

    /** What a person would have to say when nothing is missing but the word. */
    static Consent toLoseNothing(Observation seen) {
        return new Consent(seen.protocol().epoch(), Optional.empty());
    }

    /**
     * What was said, if it is about what is seen now.
     *
     * @param losesNothing whether nothing can be lost by going on
     */
    static Optional<Consent> given(Intent intent, Observation seen, boolean losesNothing) {
        return intent.failover()
                .asked()
                .flatMap(Consent::parse)
                .filter(said -> said.kept().isPresent()
                        ? toLose(seen).equals(Optional.of(said))
                        : losesNothing && said.equals(toLoseNothing(seen)));
    }

    /**
     * Why what was asked for has no effect, and what would be right; empty when it has one, or nothing was asked for.
     *
     * @param plan what was decided
     */
    public static Optional<Refusal> refusal(Intent intent, Observation seen, Plan plan) {
        Protocol protocol = seen.protocol();
        String text = intent.failover().asked().orElse("");
        Optional<Consent> said = Consent.parse(text);
        if (text.isEmpty() || !protocol.initialised() || said.isPresent() && isUsed(said.get(), protocol, plan)) {
            return Optional.empty();
        }
        Optional<Consent> right =
                plan.waitings().stream().flatMap(each -> each.remedy().stream()).findFirst();
        if (said.isEmpty()) {
            return Optional.of(new Refusal("what it says is not understood: " + shortened(text) + ".", right));
        }
        if (said.get().epoch() != protocol.epoch()) {
            return Optional.of(new Refusal(
                    "it is about epoch " + said.get().epoch() + ", and this is epoch " + protocol.epoch() + ".",
                    right));
        }
        if (right.isPresent()) {
            return Optional.of(new Refusal(
                    right.get()
                            .kept()
                            .map(best -> best.instance() + " would lead, at " + best.position()
                                    + ", and may lack something.")
                            .orElse("nothing has to be lost."),
                    right));
        }
        return Optional.of(new Refusal(whyNot(seen), Optional.empty()));
    }

    /** Why no word is needed, or none would help. */
    private static String whyNot(Observation seen) {
        Protocol protocol = seen.protocol();
        if (seen.primaryDatabase().isPresent() && !seen.primary().get().isStalled()) {
            return protocol.primary() + " is not lost.";
        }
        if (protocol.transition().isPresent()) {
            return protocol.transition().get().from()
                    + " is being replaced, and nothing has to be said to that. If it cannot go on, a condition says what would have an effect.";
        }
        List<String> hearing = seen.standbys().stream()
                .filter(each -> Detection.hears(each, protocol.primary()))
                .map(Instance::name)
                .toList();
        if (!hearing.isEmpty()) {
            return protocol.primary() + " does not answer the operator, but is not lost: " + String.join(", ", hearing)
                    + (hearing.size() == 1 ? " hears it." : " hear it.");
        }
        return Fence.answering(seen).isEmpty()
                ? protocol.primary() + " does not answer, nor does anybody who could lead."
                : "it is not known yet whether " + protocol.primary() + " is lost.";
    }

    /**
     * A refusal.
     *
     * @param why a sentence
     * @param right what would have an effect; empty: nothing would
     */
    public record Refusal(String why, Optional<Consent> right) {}

    private static String shortened(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    private static boolean isUsed(Consent consent, Protocol protocol, Plan plan) {
        return isOf(protocol, consent)
                || plan.steps().stream()
                        .anyMatch(step -> step instanceof Step.Record record && isOf(record.next(), consent));
    }

    private static boolean isOf(Protocol protocol, Consent consent) {
        return Stream.of(protocol.transition(), protocol.lastTransition())
                .map(each -> each.flatMap(Transition::consent))
                .anyMatch(Optional.of(consent)::equals);
    }
}
