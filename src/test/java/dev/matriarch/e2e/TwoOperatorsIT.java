package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two operators think that they lead: that of the Deployment, and one on a laptop, which asks for no Lease. */
@OnLocalCluster
@Exhaustive
class TwoOperatorsIT {

    private static final int FAILOVERS = 4;

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
    void nothingIsLostAndNobodyLeadsTwiceHoweverOftenBothReplaceThePrimary() throws SQLException {
        ORDERS.apply("{instances: 3}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)");
        List<String> sold = new ArrayList<>();
        for (int epoch = 1; epoch <= FAILOVERS; epoch++) {
            assertThat(ORDERS.status().epoch()).isEqualTo(epoch);
            ORDERS.primary().execute("insert into sold values ('" + epoch + "')");
            sold.add(String.valueOf(epoch));
            String before = ORDERS.status().primary();
            ORDERS.kubectl()
                    .shell(before, "postgres", "kill -KILL $(head -n 1 $PGDATA/postmaster.pid)")
                    .orThrow();
            await("another leads").until(() -> !before.equals(ORDERS.status().primary()));
            ORDERS.awaitSettled();
        }

        assertThat(ORDERS.status().timelines()).as("each was promoted once").hasSize(FAILOVERS + 1);
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            assertThat(ORDERS.instance(ordinal).column("select item from sold order by item"))
                    .containsExactlyElementsOf(sold);
        }
        assertThat(List.of(second.log(), Operator.logs())).as("both were at it").allSatisfy(log -> assertThat(log)
                .contains(NAMESPACE.name() + "/orders"));
        assertThat(second.isAlive()).isTrue();
    }
}
