package dev.matriarch.status;

import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Health;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Names;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.Waiting;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The conditions of a cluster, made once from what was seen; a transition time changes only with its status. */
final class Conditions {

    private final List<StatusCondition> before;
    private final long generation;
    private final String now;
    private final List<StatusCondition> conditions = new ArrayList<>();

    Conditions(List<StatusCondition> before, long generation, Instant now) {
        this.before = before == null ? List.of() : before;
        this.generation = generation;
        this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** All conditions. */
    List<StatusCondition> of(Report report) {
        ready(report);
        replicated(report);
        progressing(report);
        accepted(report);
        restartPending(report.seen());
        return List.copyOf(conditions);
    }

    private void ready(Report report) {
        Observation seen = report.seen();
        boolean stops = report.spec().hibernated() && !report.spec().paused();
        if (stops || report.spec().hibernated() && running(seen).isEmpty()) {
            hibernated(seen);
        } else if (Health.acceptsWrites(seen) && report.problems().contains(Problem.NO_CLIENT_ADMITTED)) {
            add("Ready", false, "NoClientAdmitted", Problem.NO_CLIENT_ADMITTED + " Accepted says what is wrong.");
        } else if (Health.acceptsWrites(seen)) {
            add("Ready", true, "AcceptsWrites", seen.protocol().primary() + " accepts writes.");
        } else {
            List<Waiting> reasons = notReady(report.waitings());
            add(
                    "Ready",
                    false,
                    reasons.isEmpty()
                            ? "PrimaryUnavailable"
                            : reasons.get(0).reason().name(),
                    reasons.isEmpty()
                            ? (seen.protocol().primary() == null
                                            ? "The primary"
                                            : seen.protocol().primary()) + " does not accept clients."
                            : reasons.stream().map(Conditions::sentence).collect(Collectors.joining(" ")));
        }
    }

    private void hibernated(Observation seen) {
        String running = running(seen);
        add(
                "Ready",
                false,
                running.isEmpty() ? "Hibernated" : "Hibernating",
                running.isEmpty()
                        ? "spec.hibernated is true: all instances are stopped, their volumes are kept."
                        : "spec.hibernated is true: the instances are being stopped, their volumes are kept. Still there: "
                                + running + ".");
    }

    private static String running(Observation seen) {
        return seen.instances().stream()
                .filter(each -> each.pod().isPresent())
                .map(Instance::name)
                .collect(Collectors.joining(", "));
    }

    /** What a person can do comes first, then what is wrong, or else the first thing that is waited for. */
    private static List<Waiting> notReady(List<Waiting> waitings) {
        List<Waiting> reasons = Stream.concat(
                        waitings.stream()
                                .filter(each -> each.reason() == Waiting.Reason.NoSafeCandidate)
                                .limit(1),
                        waitings.stream()
                                .filter(each ->
                                        each.reason().isTrouble() && each.reason() != Waiting.Reason.NoSafeCandidate)
                                .limit(1))
                .toList();
        return reasons.isEmpty() ? waitings.stream().limit(1).toList() : reasons;
    }

    private void replicated(Report report) {
        Observation seen = report.seen();
        if (!seen.protocol().initialised()) {
            add("Replicated", false, "NotInitialised", "There is no primary yet that a standby could follow.");
            return;
        }
        List<String> missing = IntStream.range(0, report.spec().instances())
                .mapToObj(ordinal -> Names.instance(report.name(), ordinal))
                .filter(name -> !name.equals(seen.protocol().primary()))
                .filter(name -> seen.instance(name).filter(seen::streams).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            add(
                    "Replicated",
                    true,
                    "AllStream",
                    report.spec().instances() == 1
                            ? "There is one instance, on timeline "
                                    + seen.protocol().timeline() + ", and no standby."
                            : "Every standby streams on timeline "
                                    + seen.protocol().timeline() + ".");
        } else {
            add("Replicated", false, "NotStreaming", "Not streaming: " + String.join(", ", missing) + ".");
        }
    }

    private void progressing(Report report) {
        if (report.spec().paused()) {
            add("Progressing", false, "Paused", paused(report));
        } else if (report.waitings().isEmpty()) {
            add("Progressing", false, "Settled", "Nothing is under way.");
        } else {
            add(
                    "Progressing",
                    true,
                    report.waitings().get(0).reason().name(),
                    report.waitings().stream()
                            .map(Conditions::sentence)
                            .distinct()
                            .collect(Collectors.joining(" ")));
        }
    }

    private static String paused(Report report) {
        String waiting = report.seen().instances().stream()
                .filter(each -> each.database().isEmpty()
                        && each.pod().filter(pod -> pod.assignment().isEmpty()).isPresent())
                .map(Instance::name)
                .collect(Collectors.joining(", "));
        String hibernation =
                report.spec().hibernated() && !running(report.seen()).isEmpty()
                        ? " spec.hibernated takes effect when the pause ends."
                        : "";
        return "spec.paused is true: the operator changes nothing. An instance whose Pod is lost does not start before the pause ends"
                + (waiting.isEmpty() ? "." : "; so waits: " + waiting + ".")
                + hibernation;
    }

    private void accepted(Report report) {
        List<Problem> problems = report.problems();
        Optional<StatusCondition> last =
                before.stream().filter(each -> each.type().equals("Accepted")).findFirst();
        // Most of the spec is not looked at while the primary changes, and nothing of it during a pause: the last
        // verdict stands, on what it was about.
        boolean changing = report.seen().protocol().transition().isPresent();
        if (report.spec().paused()) {
            conditions.add(last.map(Conditions::duringPause)
                    .orElse(new StatusCondition(
                            "Accepted",
                            "Unknown",
                            "Paused",
                            "spec.paused is true: the spec is looked at when the pause ends.",
                            generation,
                            now)));
        } else if (problems.isEmpty() && changing && last.isPresent() && !isPause(last.get())) {
            conditions.add(last.get());
        } else if (problems.isEmpty()) {
            add("Accepted", true, "Valid", "Everything in the spec is in force or being put in force.");
        } else {
            add(
                    "Accepted",
                    false,
                    "Refused",
                    problems.stream().map(each -> sentence(each.toString())).collect(Collectors.joining(" ")));
        }
    }

    /** What was refused before the pause still is. */
    private static StatusCondition duringPause(StatusCondition last) {
        return !last.isTrue() || isPause(last)
                ? last
                : new StatusCondition(
                        last.type(),
                        last.status(),
                        "Paused",
                        "spec.paused is true: the spec is looked at again when the pause ends. Generation "
                                + last.observedGeneration() + " of it was accepted.",
                        last.observedGeneration(),
                        last.lastTransitionTime());
    }

    private static boolean isPause(StatusCondition accepted) {
        return accepted.reason().equals("Paused");
    }

    private void restartPending(Observation seen) {
        String parameters = seen.instances().stream()
                .filter(each -> each.database().isPresent()
                        && !each.database().get().pendingRestart().isEmpty())
                .map(each -> each.name() + " ("
                        + String.join(", ", each.database().get().pendingRestart()) + ")")
                .collect(Collectors.joining(", "));
        String pods = seen.instances().stream()
                .filter(each -> each.pod().filter(Instance.Pod::outdated).isPresent())
                .map(Instance::name)
                .collect(Collectors.joining(", "));
        if (parameters.isEmpty() && pods.isEmpty()) {
            add("RestartPending", false, "NothingPending", "Every instance runs with what it was given.");
            return;
        }
        String message =
                (parameters.isEmpty() ? "" : "Parameters take effect when the instance restarts: " + parameters + ". ")
                        + (pods.isEmpty() ? "" : "Made before the Pod's template changed: " + pods + ". ")
                        + order(seen);
        add("RestartPending", true, parameters.isEmpty() ? "PodChanged" : "ParametersChanged", message);
    }

    /** A standby must have at least what its primary has of some parameters, so these are lowered at the primary first. */
    private static String order(Observation seen) {
        return seen.primaryDatabase().filter(Instance.Database::waitsToLower).isPresent()
                        && seen.instances().size() > 1
                ? "Delete the Pod to restart an instance: first that of the primary, "
                        + seen.protocol().primary()
                        + ", because a standby does not start with less than its primary has."
                : "Delete the Pod to restart an instance, standbys first.";
    }

    private static String sentence(Waiting waiting) {
        return sentence(waiting.message());
    }

    /** What others say comes with and without a full stop. */
    private static String sentence(String text) {
        return text.isEmpty() || ".!?…".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text + ".";
    }

    private void add(String type, boolean status, String reason, String message) {
        String word = status ? "True" : "False";
        String since = before.stream()
                .filter(each -> each.type().equals(type) && each.status().equals(word))
                .map(StatusCondition::lastTransitionTime)
                .findFirst()
                .orElse(now);
        String text = message.length() > 4000 ? message.substring(0, 4000) : message;
        conditions.add(new StatusCondition(type, word, reason, text, generation, since));
    }
}
