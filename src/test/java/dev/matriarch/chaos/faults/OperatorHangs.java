package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** The leading operator gets no time any more, as on a machine that is dead: it neither releases its Lease nor is started again, so another has to lead. Then it is killed. */
public final class OperatorHangs implements Fault {

    @Override
    public String name() {
        return "operator-leader-hangs";
    }

    @Override
    public Injury inject(Situation situation) {
        Pod leader = Operator.leader();
        String name = leader.getMetadata().getName();
        Renewed renewed = new Renewed();
        Injury injury = new Injury(
                name,
                Set.of(),
                situation.seconds(5, 9),
                () -> {
                    Waiting.await("another operator leads")
                            .until(() -> !Operator.holder().equals(name));
                    renewed.once = Operator.kill(leader);
                },
                () -> {
                    if (!renewed.once.call()) {
                        return false;
                    }
                    Operator.awaitAvailable();
                    return true;
                });
        Operator.hang(leader);
        return injury;
    }

    private static final class Renewed {
        private Callable<Boolean> once = () -> false;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.noFailover(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.STUTTER;
    }
}
