package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulation notices when a part of the protocol is left out: in some random course an invariant is broken. That a course never ends whole counts for
 * nothing here: of a protocol that only hangs nobody would know whether its safety is looked after.
 *
 * <p>{@link ToldMutantsTest}, {@link ToldSwitchoverMutantsTest} and {@link SelfFenceTest} tell those courses that are too seldom to be met at random. docs/simulation.md says how often each is.
 */
@Isolated // it takes all processors
class MutantsTest {

    private static final int SEEDS = 20_000;

    private static Stream<Mutant> metAtRandom() {
        return Arrays.stream(Mutant.values()).filter(each -> each != Mutant.NONE && each.toldAs.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("metAtRandom")
    void safetyIsViolatedWithout(Mutant mutant) {
        Optional<Violation> caught = LongStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed -> new Course(seed, mutant).run())
                .flatMap(Optional::stream)
                .filter(violation -> violation.kind == Violation.Kind.SAFETY)
                .findAny();
        assertThat(caught).as("%s in %d courses", mutant, SEEDS).isPresent();
    }
}
