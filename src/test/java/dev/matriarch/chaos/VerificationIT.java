package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a real cluster the comparison sees rows that somebody took away or wrote twice. */
@OnLocalCluster
@Exhaustive
class VerificationIT {

    @Test
    void aRowThatIsDeletedAndOneThatIsThereTwiceAreSeen() throws Exception {
        try (Stage stage = Stage.make("verification", 3, Chaos.LOAD, Path.of("target", "chaos", "verification"))) {
            stage.clients().begin(1);
            Thread.sleep(3000);
            stage.clients().rest();
            RoundLog log = RoundLog.of(stage.clients().fetch().values().stream()
                    .map(ClientLog.Piece::attempts)
                    .toList());
            CycleRun cycle = new CycleRun(stage, Duration.ofSeconds(60));
            List<String> complaints = new ArrayList<>();

            Verification honest = cycle.verify(1, log, complaints);

            assertThat(honest.clean()).isTrue();
            assertThat(complaints).isEmpty();
            assertThat(honest.acknowledged()).isGreaterThan(100);

            Database primary = stage.rows().at(stage.rows().primary());
            long gone = log.acknowledged()[7];
            long twice = log.acknowledged()[9];
            primary.execute(
                    "delete from chaos_writes where id = " + gone,
                    "insert into chaos_writes select * from chaos_writes where id = " + twice);
            stage.rows().awaitReplay();
            Verification falsified = Verification.compare(log, stage.rows().ofRound(1));

            assertThat(falsified.losses()).isOne();
            assertThat(falsified.lost()).hasSize(3).anyMatch(each -> each.endsWith("is not on orders-2"));
            assertThat(falsified.duplicated()).hasSize(3).anyMatch(each -> each.endsWith("more than once on orders-2"));
            assertThat(falsified.unexplained()).isEmpty();
            assertThat(cycle.verifyAll()).hasSize(6);

            primary.execute("delete from chaos_writes where id = " + log.acknowledged()[11]);
            cycle.verify(2, new RoundLog(new long[0], new long[0], new long[0]), complaints);
            assertThat(complaints).anyMatch(each -> each.startsWith("of cycle 1: "));
        }
    }
}
