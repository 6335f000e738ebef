package dev.matriarch.decide;

import dev.matriarch.decide.Assignment.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where clients are led.
 *
 * <p>{@code <cluster>-primary} leads to the primary's address from the moment its gate is open, and then stays there while nothing better is known:
 * the refusal of a dead postmaster is answered in microseconds, an empty Service is not. A new address of the same instance is taken at
 * once, because the old one may be given to any other Pod.
 */
final class Routing {

    /** How long a standby that does not stream is still read from. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private Routing() {}

    static Optional<String> route(Intent intent, Observation seen) {
        if (intent.hibernated() && seen.primary().flatMap(Instance::pod).isEmpty()) {
            return Optional.empty(); // for as long as that lasts, the address may be given to any other Pod
        }
        Optional<String> address = seen.primary()
                .filter(Instance::hasLivePod)
                .map(primary -> primary.pod().get().address())
                .filter(ip -> !ip.isEmpty());
        boolean open =
                seen.primaryDatabase().filter(Instance.Database::gateOpen).isPresent();
        if (!open && seen.protocol().transition().isPresent()) {
            // In one update from the old primary to the new one, once it leads; but who comes up as a standby is no
            // place to write.
            return isToldToFollow(seen.route(), seen) ? Optional.empty() : seen.route();
        }
        if (address.isPresent() && (open || seen.route().isPresent())) {
            return address;
        }
        return seen.route();
    }

    private static boolean isToldToFollow(Optional<String> address, Observation seen) {
        return seen.instances().stream()
                .flatMap(each -> each.pod().stream())
                .filter(pod -> address.equals(Optional.of(pod.address())))
                .flatMap(pod -> pod.assignment().stream())
                .anyMatch(told -> told.role() == Role.STANDBY);
    }

    static List<Step> labels(Observation seen, Instant now) {
        List<Step> steps = new ArrayList<>();
        for (Instance each : seen.instances()) {
            if (!each.hasLivePod()) {
                continue;
            }
            Instance.Pod pod = each.pod().get();
            Optional<Role> role = role(each, seen, now);
            if (!role.equals(pod.role())) {
                steps.add(new Step.Label(each.name(), pod.uid(), role));
            }
        }
        return steps;
    }

    private static Optional<Role> role(Instance instance, Observation seen, Instant now) {
        Optional<Role> present = instance.pod().flatMap(Instance.Pod::role);
        if (instance.name().equals(seen.protocol().primary())) {
            boolean open = instance.leads() && instance.database().get().gateOpen();
            return open || present.equals(Optional.of(Role.PRIMARY)) ? Optional.of(Role.PRIMARY) : Optional.empty();
        }
        if (instance.leads()) {
            return Optional.empty();
        }
        if (seen.streams(instance)) {
            return Optional.of(Role.STANDBY);
        }
        boolean keep = present.equals(Optional.of(Role.STANDBY))
                && (seen.primaryDatabase().isEmpty() || shortlyAbsent(instance, seen, now));
        return keep ? present : Optional.empty();
    }

    private static boolean shortlyAbsent(Instance instance, Observation seen, Instant now) {
        Instant since = seen.memory().absentSince().get(instance.name());
        return since == null || since.plus(PATIENCE).isAfter(now);
    }
}
