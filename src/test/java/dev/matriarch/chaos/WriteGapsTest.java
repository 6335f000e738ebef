package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteGapsTest {

    @Test
    void theLongestPauseOfAllWritersOfAKindTogether() {
        List<Attempt> pod = List.of(
                acknowledged(0, Way.SERVICE, 100),
                acknowledged(2, Way.SERVICE, 150),
                acknowledged(0, Way.SERVICE, 400),
                acknowledged(1, Way.MULTIHOST, 200));

        assertThat(WriteGaps.longest(List.of(pod), Way.SERVICE, 100, 410).micros())
                .isEqualTo(250);
        assertThat(WriteGaps.longestOfOneWriter(List.of(pod), Way.SERVICE, 100, 410)
                        .micros())
                .isEqualTo(300);
    }

    @Test
    void theWorstPodCounts() {
        List<Attempt> good = List.of(acknowledged(0, Way.SERVICE, 150), acknowledged(0, Way.SERVICE, 200));
        List<Attempt> bad = List.of(acknowledged(2, Way.SERVICE, 190));

        assertThat(WriteGaps.longest(List.of(good, bad), Way.SERVICE, 100, 200).micros())
                .isEqualTo(90);
    }

    @Test
    void whoNeverComesBackHasAGapToTheEnd() {
        List<Attempt> pod = List.of(acknowledged(0, Way.SERVICE, 110));

        assertThat(WriteGaps.longest(List.of(pod), Way.SERVICE, 100, 900).micros())
                .isEqualTo(790);
        assertThat(WriteGaps.longest(List.of(List.of()), Way.SERVICE, 100, 900).micros())
                .isEqualTo(800);
        assertThat(WriteGaps.longest(List.of(), Way.SERVICE, 100, 900).micros()).isEqualTo(800);
    }

    @Test
    void aPodWithoutSuchWritersDoesNotCountAndEachWriterHasItsOwnGap() {
        List<Attempt> one = List.of(acknowledged(0, Way.SERVICE, 150), acknowledged(2, Way.SERVICE, 170));
        List<Attempt> other = List.of(acknowledged(1, Way.MULTIHOST, 190));

        assertThat(WriteGaps.longest(List.of(one, other), Way.SERVICE, 100, 200).micros())
                .isEqualTo(50);
        assertThat(WriteGaps.ofEachWriter(List.of(one, other), Way.SERVICE, 100, 200))
                .extracting(WriteGaps.Gap::micros)
                .containsExactlyInAnyOrder(50L, 70L);
    }

    @Test
    void onlyAcknowledgementsEndAGap() {
        List<Attempt> pod = Arrays.asList(
                acknowledged(0, Way.SERVICE, 100),
                new Attempt(1, 0, Way.SERVICE, 5, 200, 200, Outcome.UNKNOWN, 0),
                acknowledged(0, Way.SERVICE, 300));

        assertThat(WriteGaps.longest(List.of(pod), Way.SERVICE, 100, 300).micros())
                .isEqualTo(200);
    }

    private static Attempt acknowledged(int writer, Way way, long at) {
        return new Attempt(1, writer, way, at, at - 5, at, Outcome.ACKNOWLEDGED, 1);
    }
}
