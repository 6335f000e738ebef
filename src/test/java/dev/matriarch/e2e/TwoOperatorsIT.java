package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static dev.matriarch.e2e.support.Waiting.stays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Trap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two operators think that they lead: that of the Deployment, and one on a laptop, which asks for no Lease and now and then gets no time. */
@OnLocalCluster
@Exhaustive
class TwoOperatorsIT {

    private static final int FAILOVERS = 4;

    /** Long enough for whoever wakes up to do what it had in mind, and to look again. */
    private static final Duration AWAKE = Duration.ofSeconds(3);

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("two-operators");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    private static LaptopOperator second;

    @BeforeAll
    static void start() {
        second = LaptopOperator.start(NAMESPACE, "direct");
    }

    @AfterAll
    static void stop() {
        second.close();
    }

    @Test
    void nothingIsLostAndNobodyLeadsTwiceHoweverOftenBothReplaceThePrimary() throws Exception {
        ORDERS.apply("{instances: 3}").awaitSettled();
        List<String> acknowledged;
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            for (int epoch = 1; epoch <= FAILOVERS; epoch++) {
                writer.awaitMore(10);
                assertThat(ORDERS.status().epoch()).isEqualTo(epoch);
                if (epoch % 2 == 0) {
                    replaceWhileOneSleeps();
                } else {
                    replace(() -> {});
                }
            }
            writer.awaitMore(10);
            acknowledged = writer.end();
        }

        ORDERS.awaitSettled();
        assertThat(ORDERS.status().epoch()).isEqualTo(FAILOVERS + 1);
        assertThat(ORDERS.status().timelines()).as("each was promoted once").hasSize(FAILOVERS + 1);
        SteadyWriter.awaitEverywhere(ORDERS, 3, acknowledged);
        assertThat(recorded()).as("what is on record, by either").doesNotHaveDuplicates();
        assertThat(List.of(second.log(), Operator.logs())).as("both were at it").allSatisfy(log -> assertThat(log)
                .contains(NAMESPACE.name() + "/orders Fenced"));
        assertThat(second.isAlive()).isTrue();
    }

    private interface Meanwhile {
        void run() throws InterruptedException;
    }

    private static void replace(Meanwhile meanwhile) throws InterruptedException {
        String before = ORDERS.status().primary();
        ORDERS.kubectl()
                .shell(before, "postgres", "kill -KILL $(head -n 1 $PGDATA/postmaster.pid)")
                .orThrow();
        meanwhile.run();
        await("another leads").until(() -> !before.equals(ORDERS.status().primary()));
        ORDERS.awaitSettled();
    }

    /** One falls asleep over what it was about to do, and does it when all is over. */
    private static void replaceWhileOneSleeps() throws InterruptedException {
        long epoch = ORDERS.status().epoch();
        Trap sleeper = Trap.in(NAMESPACE, second::freeze)
                .when(PgCluster.class, each -> each.getStatus().epoch() > epoch);
        try {
            replace(() -> sleeper.await("another epoch is opened"));
        } finally {
            second.thaw();
        }
        stays("what the sleeper had begun changes nothing", AWAKE).untilAsserted(() -> {
            assertThat(ORDERS.status().epoch()).isEqualTo(epoch + 1);
            ORDERS.assertSettled();
        });
    }

    /** What both have recorded of epochs, from their logs. */
    private static List<String> recorded() {
        String said = NAMESPACE.name() + "/orders Recorded: ";
        return (second.log() + Operator.logs())
                .lines()
                .filter(line -> line.contains(said))
                .map(line -> line.substring(line.indexOf(said)))
                .toList();
    }
}
