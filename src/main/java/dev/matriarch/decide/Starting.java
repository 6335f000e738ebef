package dev.matriarch.decide;

import java.util.List;
import java.util.stream.IntStream;

/** What is still missing of the instances that are wanted. */
final class Starting {

    private Starting() {}

    static void waitings(Intent intent, Observation seen, List<Waiting> waitings) {
        if (!seen.protocol().initialised()) {
            return;
        }
        List<String> missing = IntStream.range(0, intent.instances())
                .mapToObj(ordinal -> Names.instance(intent.cluster(), ordinal))
                .filter(name -> !isUp(name, seen))
                .toList();
        Rule newest = seen.protocol().newestRule();
        if (newest != null
                && isUp(seen.protocol().primary(), seen)
                && streamingMembers(newest, seen) < newest.required()) {
            waitings.add(new Waiting(
                    Waiting.Reason.StandbysMissing,
                    "Writes wait: " + newest.required() + " of " + String.join(", ", newest.members())
                            + " must confirm each commit, and " + streamingMembers(newest, seen)
                            + (streamingMembers(newest, seen) == 1 ? " streams." : " stream.")));
        }
        if (newest != null && isUp(seen.protocol().primary(), seen) && newest.required() < intent.required()) {
            waitings.add(new Waiting(
                    Waiting.Reason.ChangingRule,
                    (newest.required() == 0
                                    ? "What is committed is on " + newest.primary() + " alone"
                                    : "Commits wait for " + newest.required() + " standby only")
                            + ", until enough stream to wait for " + intent.required() + "."));
        }
        if (!missing.isEmpty()) {
            waitings.add(new Waiting(
                    Waiting.Reason.InstancesStarting,
                    String.join(", ", missing) + (missing.size() == 1 ? " does" : " do") + " not run or stream yet."));
        }
    }

    /** Whether an instance does what it is there for. */
    static boolean isUp(String name, Observation seen) {
        return seen.instance(name)
                .filter(each -> name.equals(seen.protocol().primary())
                        ? each.leads() && each.database().get().gateOpen() && !each.isStalled()
                        : seen.streams(each))
                .isPresent();
    }

    /** How many members of a rule stream. */
    static long streamingMembers(Rule rule, Observation seen) {
        return seen.standbys().stream()
                .filter(seen::streams)
                .filter(each -> rule.members()
                        .contains(Names.standby(each.name(), seen.protocol().epoch())))
                .count();
    }
}
