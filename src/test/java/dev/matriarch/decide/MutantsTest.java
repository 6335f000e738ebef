package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation notices when a part of the protocol is left out: some course loses what was acknowledged, or never ends whole.
 *
 * <p>Four are not caught by random courses in any number that fits here, and need courses that are told: a late follow, a late promotion, the race of a walreceiver
 * that still ends, an older rule over a later one. A late heartbeat and the time that a stop takes are told in {@link SelfFenceTest}.
 */
class MutantsTest {

    private static final int SEEDS = 20_000;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "NONE",
                "LATE_FOLLOW",
                "LATE_PROMOTION",
                "DETACH_RACE",
                "NO_GENERATION",
                "LATE_HEARTBEAT",
                "NO_TIME_TO_STOP"
            })
    void aMutantIsCaught(Mutant mutant) {
        Optional<String> caught = LongStream.range(0, SEEDS)
                .mapToObj(seed -> violation(seed, mutant))
                .flatMap(Optional::stream)
                .findFirst();
        assertThat(caught).as("%s was not caught in %d courses", mutant, SEEDS).isPresent();
    }

    private static Optional<String> violation(long seed, Mutant mutant) {
        try {
            new Course(seed, mutant).run();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(
                    "seed " + seed + ": " + e.getMessage().lines().findFirst().orElse(""));
        }
    }
}
