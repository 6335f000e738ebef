package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.Chaos;
import dev.matriarch.chaos.CycleResult;
import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Faults;
import dev.matriarch.e2e.support.OnLocalCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Random faults under load, each once, as {@code scripts/chaos} does them; docs/faults.md says what each is. Every run takes others, beside the one that no other test does, and one at most of those that
 * last long, so that one run takes about as long as another; with {@code -Dexhaustive} it takes all. Another run with the seed that a failure names does the same: {@code ./mvnw verify -Dit.test=ChaosIT -Dmatriarch.chaos.seed=...}. The report is
 * target/chaos/report.html.
 */
@OnLocalCluster
class ChaosIT {

    private static final long SEED = Long.getLong("matriarch.chaos.seed", new Random().nextLong(1_000_000_000));

    /** Which no other test of the plain run does: a node is lost, with a standby on it. */
    private static final String ALWAYS = "standby-node-stopped";

    private static final List<Fault> FAULTS = drawn(Integer.getInteger("matriarch.chaos.faults", 10));

    private static Chaos.Outcome outcome;

    @BeforeAll
    static void run() throws Exception {
        outcome = new Chaos(Chaos.directory(), Chaos.LOAD, Duration.ofSeconds(180), System.out)
                .run(SEED, FAULTS.size(), List.of(3), FAULTS);
    }

    @TestFactory
    Stream<DynamicTest> isSurvived() {
        return FAULTS.stream().map(fault -> DynamicTest.dynamicTest(fault.name(), () -> isSurvived(fault)));
    }

    private static List<Fault> drawn(int number) {
        List<Fault> others = new ArrayList<>(Faults.all());
        List<Fault> faults = new ArrayList<>(Faults.named(Set.of(ALWAYS)));
        others.removeAll(faults);
        Collections.shuffle(others, new Random(SEED));
        List<Fault> longOnes = others.stream().filter(Fault::lastsLong).skip(1).toList();
        others.removeAll(longOnes);
        faults.addAll(others);
        faults.addAll(longOnes);
        return faults.subList(0, Math.min(number, faults.size()));
    }

    private static void isSurvived(Fault fault) {
        CycleResult cycle = outcome.cycles().stream()
                .filter(each -> each.fault().equals(fault.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not reached, seed " + SEED + ": " + outcome.complaints()));
        assertThat(cycle.complaints()).as("seed %d: %s", SEED, cycle.line()).isEmpty();
        assertThat(cycle.acknowledged())
                .as("a load worth the name, seed %d", SEED)
                .isGreaterThan(500);
        // What of it is reached depends on who else works on the machine.
        assertThat(cycle.offered())
                .as("writes a second that the clients try for, by their logs")
                .isGreaterThanOrEqualTo(500);
    }

    @Test
    void nothingElseWasAmiss() {
        assertThat(outcome.complaints()).as("seed %d", SEED).isEmpty();
    }
}
