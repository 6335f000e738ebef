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

    /**
     * Where it is to lead.
     *
     * @param steps what is done after that: who is to come up as a standby by them is no place to write already before
     */
    static Optional<String> route(Intent intent, Observation seen, List<Step> steps) {
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
            return followsSoon(seen.route(), seen, steps) ? Optional.empty() : seen.route();
        }
        if (address.isPresent() && (open || seen.route().isPresent())) {
            return address;
        }
        return seen.route();
    }

    private static boolean followsSoon(Optional<String> address, Observation seen, List<Step> steps) {
        return seen.instances().stream()
                .flatMap(each -> each.pod().stream())
                .filter(pod -> address.equals(Optional.of(pod.address())))
                .anyMatch(pod -> pod.assignment()
                                .filter(told -> told.role() == Role.STANDBY)
                                .isPresent()
                        || steps.stream()
                                .anyMatch(step -> step instanceof Step.Assign assign
                                        && assign.podUid().equals(pod.uid())
                                        && assign.assignment().role() == Role.STANDBY));
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
                && (seen.primaryDatabase().isEmpty() || mayAdmit(instance) && shortlyAbsent(instance, seen, now));
        return keep ? present : Optional.empty();
    }

    /** Not one whose PostgreSQL has ended, or starts: whoever is led there is refused. Of one that says nothing only the way to it may be cut. */
    private static boolean mayAdmit(Instance standby) {
        return standby.contact() == Instance.Contact.ANSWERED || standby.contact() == Instance.Contact.SILENT;
    }

    private static boolean shortlyAbsent(Instance instance, Observation seen, Instant now) {
        Instant since = seen.memory().absentSince().get(instance.name());
        return since == null || since.plus(PATIENCE).isAfter(now);
    }
}
