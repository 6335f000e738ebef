package dev.matriarch.observe;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.matriarch.decide.Protocol;
import dev.matriarch.decide.Rule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** A protocol as JSON, in marks. The version is the first field, so that a later form can be told apart; fields that a later release adds are passed over. */
@JsonIgnoreProperties(ignoreUnknown = true)
@RegisterForReflection
record ProtocolJson(
        int v,
        long epoch,
        String primary,
        String systemIdentifier,
        long timeline,
        long ruleGeneration,
        List<RuleJson> rules,
        List<TimelineJson> timelines) {

    ProtocolJson {
        rules = rules == null ? List.of() : rules;
        timelines = timelines == null ? List.of() : timelines;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record RuleJson(String primary, List<String> members, int required) {
        RuleJson {
            members = members == null ? List.of() : members;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record TimelineJson(long epoch, long timeline) {}

    static ProtocolJson of(Protocol protocol) {
        return new ProtocolJson(
                1,
                protocol.epoch(),
                protocol.primary(),
                protocol.systemIdentifier(),
                protocol.timeline(),
                protocol.ruleGeneration(),
                protocol.rules().stream()
                        .map(rule -> new RuleJson(rule.primary(), rule.members(), rule.required()))
                        .toList(),
                protocol.timelines().stream()
                        .map(entry -> new TimelineJson(entry.epoch(), entry.timeline()))
                        .toList());
    }

    Protocol protocol() {
        return new Protocol(
                epoch,
                primary,
                systemIdentifier,
                timeline,
                ruleGeneration,
                rules.stream()
                        .map(rule -> new Rule(rule.primary(), rule.members(), rule.required()))
                        .toList(),
                timelines.stream()
                        .map(entry -> new Protocol.EpochTimeline(entry.epoch(), entry.timeline()))
                        .toList());
    }
}
