package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Situation;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** All instances go at once, without a word. Whoever has the newest data leads. */
public final class AllPodsDeleted implements Fault {

    @Override
    public String name() {
        return "all-pods-deleted";
    }

    @Override
    public Injury inject(Situation situation) {
        List<Callable<Boolean>> renewed = IntStream.range(
                        0, situation.cluster().get().getSpec().instances())
                .mapToObj(situation::anotherPod)
                .toList();
        situation
                .kubectl()
                .does(
                        "delete",
                        "pod",
                        "-l",
                        "postgres.matriarch.dev/cluster=" + situation.cluster().name(),
                        "--grace-period=0",
                        "--force",
                        "--wait=false");
        return Injury.once("all instances", () -> {
            for (Callable<Boolean> each : renewed) {
                if (!each.call()) {
                    return false;
                }
            }
            return true;
        });
    }
}
