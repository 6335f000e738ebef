package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.e2e.support.Operator;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * The operator's processes get SIGKILL, all of them or the one that leads: nothing is said, and no Lease released. The one that led is started again in its Pod, and may
 * lead before the other does. When it is all, their Pods are taken away after that: else the kubelet would let them wait, longer each time it happens. Databases must not
 * notice.
 */
public record OperatorKilled(boolean all) implements Fault {

    @Override
    public String name() {
        return all ? "operator-killed" : "operator-leader-killed";
    }

    @Override
    public Injury inject(Situation situation) {
        return kill(all);
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.noFailover(aftermath);
    }

    /** Kills it. */
    static Injury kill(boolean all) {
        List<Pod> pods = all ? Operator.pods() : List.of(Operator.leader());
        List<String> names =
                pods.stream().map(pod -> pod.getMetadata().getName()).toList();
        List<Callable<Boolean>> renewed = new ArrayList<>();
        pods.forEach(pod -> renewed.add(Operator.kill(pod)));
        if (all) {
            Operator.kubectl()
                    .does(Stream.concat(
                                    Stream.of("delete", "pod", "--grace-period=0", "--force", "--wait=false"),
                                    names.stream())
                            .toArray(String[]::new));
        }
        return Injury.once(String.join(", ", names), () -> {
            for (Callable<Boolean> each : renewed) {
                if (!each.call()) {
                    return false;
                }
            }
            Operator.awaitAvailable();
            return true;
        });
    }

    @Override
    public Duration writesWithin() {
        return Requirements.STUTTER;
    }
}
