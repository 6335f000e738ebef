package dev.matriarch.decide;

import java.util.Locale;
import java.util.stream.Collectors;

/** What a trace tells of steps, records and rules: so short that each is on one line. */
final class ShortForm implements Step.Visitor<String> {

    private static final ShortForm VISITOR = new ShortForm();

    private ShortForm() {}

    static String of(Step step) {
        return step.accept(VISITOR);
    }

    /** Such as {@code 1 of orders-1/e2, orders-2/e2}. */
    static String of(Rule rule) {
        return rule.required() == 0 ? "nobody" : rule.required() + " of " + String.join(", ", rule.members());
    }

    /** Such as {@code e2 g3 Promoting orders-1, timeline 2; orders-0 waits for ...; orders-1 waits for ...}. */
    static String of(Protocol recorded) {
        return head(recorded) + " " + recorded.primary() + ", timeline " + recorded.timeline()
                + recorded.rules().stream()
                        .map(rule -> "; " + rule.primary() + " waits for " + of(rule))
                        .collect(Collectors.joining());
    }

    /** Such as {@code run standby of orders-0 e2}. */
    static String of(Assignment told) {
        return (told.deed() + " " + told.role()).toLowerCase(Locale.ROOT)
                + (told.upstream().isEmpty() ? "" : " of " + told.upstream())
                + epoch(told.epoch());
    }

    private static String head(Protocol recorded) {
        return "e" + recorded.epoch() + " g" + recorded.ruleGeneration()
                + recorded.phase().map(phase -> " " + phase).orElse("");
    }

    private static String epoch(long epoch) {
        return " e" + epoch;
    }

    @Override
    public String record(Step.Record step) {
        return "record " + head(step.next()) + ": " + step.why();
    }

    @Override
    public String mark(Step.WriteMark step) {
        return "mark " + step.instance() + " with " + head(step.mark().protocol());
    }

    @Override
    public String assign(Step.Assign step) {
        return "assign " + step.instance() + ": " + of(step.assignment());
    }

    @Override
    public String label(Step.Label step) {
        return "label " + step.instance() + " "
                + step.role().map(role -> role.name().toLowerCase(Locale.ROOT)).orElse("nothing");
    }

    @Override
    public String bootstrap(Step.Bootstrap step) {
        return "bootstrap " + step.primary();
    }

    @Override
    public String setRule(Step.SetRule step) {
        return "set rule of " + step.primary() + epoch(step.epoch()) + " g" + step.generation() + ": "
                + of(step.rule());
    }

    @Override
    public String settle(Step.Settle step) {
        return "write " + (step.afterReload() ? "second" : "first") + " marker on " + step.primary() + " g"
                + step.generation();
    }

    @Override
    public String follow(Step.Follow step) {
        return "have " + step.instance() + " follow " + step.upstream() + epoch(step.epoch());
    }

    @Override
    public String detach(Step.Detach step) {
        return "detach " + step.instance() + epoch(step.epoch());
    }

    @Override
    public String promote(Step.Promote step) {
        return "promote " + step.instance() + epoch(step.epoch()) + " to timeline " + step.timeline();
    }

    @Override
    public String createSlot(Step.CreateSlot step) {
        return "create slot " + step.slot() + " on " + step.primary();
    }

    @Override
    public String dropSlot(Step.DropSlot step) {
        return "drop slot " + step.slot() + " on " + step.primary();
    }

    @Override
    public String checkpoint(Step.Checkpoint step) {
        return "write a checkpoint on " + step.primary();
    }

    @Override
    public String demote(Step.Demote step) {
        return "demote " + step.primary() + epoch(step.epoch());
    }

    @Override
    public String stop(Step.Stop step) {
        return "stop " + step.instance() + epoch(step.epoch());
    }

    @Override
    public String replace(Step.Replace step) {
        return "replace " + step.instance();
    }
}
