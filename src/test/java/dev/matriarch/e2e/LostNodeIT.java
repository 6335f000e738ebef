package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the status says, and what a standby catches up with, when its node is switched off; that of the primary, and the rest, is in {@link ChaosIT}. */
@Exhaustive
@OnLocalCluster
class LostNodeIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("lost-node");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @Test
    void fault4WhileTheNodeOfAStandbyIsOffWritesGoOn() throws SQLException {
        ORDERS.apply("{}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)");
        int standby =
                "n1".equals(ORDERS.pod(1).getSpec().getNodeName()) ? 2 : 1; // n1 is this machine's way to Services
        String node = ORDERS.pod(standby).getSpec().getNodeName();
        TestCluster.fault(node, "stop");
        try {
            await("a write").untilAsserted(() -> ORDERS.primary().execute("insert into sold values ('fourth')"));
            await("the primary notices")
                    .until(() -> ORDERS.primary()
                                    .column(
                                            "select application_name from pg_stat_replication where state = 'streaming'")
                                    .size()
                            == 1);
            ORDERS.primary().execute("insert into sold values ('fifth')");
            ORDERS.awaitCondition("Replicated", "False", "orders-" + standby);
            ORDERS.awaitCondition("Ready", "True");
        } finally {
            TestCluster.fault(node, "start");
        }
        ORDERS.awaitSettled();
        await("what it missed")
                .untilAsserted(() -> assertThat(ORDERS.instance(standby).column("table sold"))
                        .contains("fourth", "fifth"));
    }
}
