package dev.matriarch.observe;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.matriarch.decide.Lsn;
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
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TimelineJson(long epoch, long timeline, Long parent, String fork) {
        static TimelineJson of(Protocol.EpochTimeline entry) {
            boolean elected = entry.parent() != 0;
            return new TimelineJson(
                    entry.epoch(),
                    entry.timeline(),
                    elected ? entry.parent() : null,
                    elected ? entry.fork().toString() : null);
        }

        Protocol.EpochTimeline entry() {
            return parent == null || fork == null
                    ? new Protocol.EpochTimeline(epoch, timeline)
                    : new Protocol.EpochTimeline(epoch, timeline, parent, Lsn.parse(fork));
        }
    }

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
                protocol.timelines().stream().map(TimelineJson::of).toList());
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
                timelines.stream().map(TimelineJson::entry).toList());
    }
}
