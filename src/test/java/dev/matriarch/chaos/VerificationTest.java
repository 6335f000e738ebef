package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.Attempt.Outcome;
import dev.matriarch.chaos.Attempt.Way;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The comparison finds what it is there to find. */
class VerificationTest {

    private static final long[] ALL = {1, 2, 3, 4};

    @Test
    void whatWasAcknowledgedAndIsThereOnceIsClean() {
        Verification verification = Verification.compare(log(acknowledged(1, 2, 3, 4)), onThree(ALL));

        assertThat(verification.clean()).isTrue();
        assertThat(verification.acknowledged()).isEqualTo(4);
    }

    @Test
    void aLossOnOneInstanceIsFound() {
        Map<String, long[]> rows = onThree(ALL);
        rows.put("orders-2", new long[] {4, 1, 3});

        Verification verification = Verification.compare(log(acknowledged(1, 2, 3, 4)), rows);

        assertThat(verification.lost()).containsExactly("write 0/2 of process 0 is not on orders-2");
        assertThat(verification.losses()).isOne();
        assertThat(verification.clean()).isFalse();
    }

    @Test
    void aWriteThatIsMissingEverywhereIsOneLoss() {
        Verification verification = Verification.compare(log(acknowledged(1, 2, 3, 4)), onThree(1, 2, 4));

        assertThat(verification.lost()).hasSize(3);
        assertThat(verification.losses()).isOne();
    }

    @Test
    void aRowThatIsThereTwiceIsFound() {
        Verification verification = Verification.compare(log(acknowledged(1, 2, 3, 4)), onThree(1, 2, 2, 3, 4, 2));

        assertThat(verification.duplicated())
                .hasSize(3)
                .contains("write 0/2 of process 0 is more than once on orders-1");
        assertThat(verification.lost()).isEmpty();
    }

    @Test
    void anUnknownWriteThatIsThereTwiceIsFound() {
        RoundLog log = log(attempt(1, Outcome.ACKNOWLEDGED), attempt(2, Outcome.UNKNOWN));

        assertThat(Verification.compare(log, onThree(1, 2, 2)).duplicated()).hasSize(3);
    }

    @Test
    void anIdThatWasAcknowledgedTwiceIsFound() {
        assertThat(Verification.compare(log(acknowledged(1, 2, 2, 3)), onThree(1, 2, 3))
                        .duplicated())
                .containsExactly("write 0/2 of process 0 was acknowledged twice");
    }

    @Test
    void unknownWritesMayBeThereOrNotButEverywhereAlike() {
        RoundLog log = log(attempt(1, Outcome.ACKNOWLEDGED), attempt(2, Outcome.UNKNOWN), attempt(3, Outcome.UNKNOWN));

        Verification alike = Verification.compare(log, onThree(1, 2));
        assertThat(alike.clean()).isTrue();
        assertThat(alike.unknownThere()).isOne();
        Map<String, long[]> rows = onThree(1, 2);
        rows.put("orders-0", new long[] {1});
        assertThat(Verification.compare(log, rows).unexplained())
                .containsExactly("write 0/2 of process 0 is on [orders-1, orders-2] only");
    }

    @Test
    void rowsThatNobodyCommittedAreFound() {
        RoundLog log = log(attempt(1, Outcome.ACKNOWLEDGED), attempt(2, Outcome.FAILED));

        assertThat(Verification.compare(log, onThree(1, 2, 9)).unexplained())
                .contains(
                        "write 0/2 of process 0 is on orders-0 and was never committed",
                        "write 0/9 of process 0 is on orders-0 and nobody sent it");
    }

    /** From a client's log to the verdict, and the same with one line falsified: an acknowledgement that never was. */
    @Test
    void aFalsifiedLogIsFound() {
        String honest = """
                H 0 1000000
                K 0 service 100.0
                R 5 1
                S 10 0 1
                A 20 0 1 5
                S 30 0 2
                U 40 0 2 57P01 terminating connection
                S 50 0 3
                F 60 0 3 08006 no connection
                S 70 0 4
                """;
        Map<String, long[]> rows = onThree(1, 2);

        assertThat(Verification.compare(log(parse(honest)), rows).clean()).isTrue();

        String falsified = honest.replace("F 60 0 3 08006 no connection", "A 60 0 3 9");
        assertThat(Verification.compare(log(parse(falsified)), rows).losses()).isOne();
    }

    private static Attempt[] parse(String text) {
        ClientLog log = new ClientLog();
        log.read(text.getBytes(StandardCharsets.UTF_8));
        return log.take().attempts().toArray(Attempt[]::new);
    }

    private static Attempt[] acknowledged(long... ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> attempt(id, Outcome.ACKNOWLEDGED))
                .toArray(Attempt[]::new);
    }

    private static Attempt attempt(long id, Outcome outcome) {
        return new Attempt(1, 0, Way.SERVICE, id, 0, 0, outcome, 0);
    }

    private static RoundLog log(Attempt... attempts) {
        return RoundLog.of(List.of(List.of(attempts)));
    }

    private static Map<String, long[]> onThree(long... ids) {
        Map<String, long[]> rows = new TreeMap<>();
        for (String instance : List.of("orders-0", "orders-1", "orders-2")) {
            rows.put(instance, ids);
        }
        return rows;
    }
}
