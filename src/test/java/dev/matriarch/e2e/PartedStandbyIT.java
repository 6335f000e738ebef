package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A standby that received more than the one that was elected, and comes back; in all ways in {@code decide.PartedTest}. */
@Exhaustive
@OnLocalCluster
class PartedStandbyIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("parted-standby");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @AfterAll
    static void end() {
        Operator.back();
    }

    @Test
    void itIsRewoundByItself() throws SQLException {
        ORDERS.apply("{instances: 5}").awaitSettled();
        assertThat(ORDERS.status().primary()).isEqualTo("orders-0");
        ORDERS.primary().execute("create table sold (item text)", "insert into sold values ('first')");
        Operator.away();
        for (int ordinal : List.of(1, 2, 3)) {
            ORDERS.instance(ordinal).execute("alter system set primary_conninfo = ''", "select pg_reload_conf()");
        }
        await("only orders-4 streams").untilAsserted(() -> assertThat(
                        ORDERS.instance(0).column("select application_name from pg_stat_replication"))
                .singleElement()
                .asString()
                .startsWith("orders-4/"));
        ORDERS.instance(0).execute("set synchronous_commit = local", "insert into sold values ('not acknowledged')");
        await("it has what nobody else has")
                .untilAsserted(() -> assertThat(ORDERS.instance(4).column("table sold"))
                        .containsExactly("first", "not acknowledged"));
        freeze(0);
        freeze(4);
        try {
            Operator.kubectl().does("scale", "deployment/matriarch", "--replicas=2");
            await("another leads").untilAsserted(() -> ORDERS.primary().execute("insert into sold values ('second')"));
        } finally {
            goOn(4);
            goOn(0);
        }
        ORDERS.awaitSettled();
        ORDERS.awaitEvent("Rejoining", "orders-4");
        for (int ordinal = 0; ordinal < 5; ordinal++) {
            int each = ordinal;
            await("orders-" + ordinal + " has what was acknowledged").untilAsserted(() -> assertThat(
                            ORDERS.instance(each).column("select distinct item from sold order by item"))
                    .containsExactly("first", "second"));
        }
    }

    private static void freeze(int ordinal) {
        ORDERS.kubectl().shell("orders-" + ordinal, "postgres", "kill -STOP -1").orThrow();
    }

    private static void goOn(int ordinal) {
        ORDERS.kubectl().shell("orders-" + ordinal, "postgres", "kill -CONT -1").orThrow();
    }
}
