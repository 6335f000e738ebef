package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.e2e.support.Operator;
import java.util.List;
import java.util.concurrent.Callable;

/** The operator's Pods go, all of them or the one that leads, without a word. Databases must not notice. */
public record OperatorKilled(boolean all) implements Fault {

    @Override
    public String name() {
        return all ? "operator-killed" : "operator-leader-killed";
    }

    @Override
    public Injury inject(Situation situation) {
        return Injury.once(kill(all), available());
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.writesGoOn(aftermath);
    }

    /** Kills it, and says whom. */
    static String kill(boolean all) {
        List<String> pods = (all ? Operator.pods() : List.of(Operator.leader()))
                .stream().map(pod -> pod.getMetadata().getName()).toList();
        Operator.kubectl().does(words(pods));
        return String.join(", ", pods);
    }

    private static String[] words(List<String> pods) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("delete", "pod", "--grace-period=0", "--force", "--wait=false"),
                        pods.stream())
                .toArray(String[]::new);
    }

    static Callable<Boolean> available() {
        return () -> {
            Operator.awaitAvailable();
            return true;
        };
    }
}
