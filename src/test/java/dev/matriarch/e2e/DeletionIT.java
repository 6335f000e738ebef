package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 27: a PgCluster is deleted in the middle of everything, and its namespace too. */
@BesideOthers(seconds = 55)
class DeletionIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("deletion");

    @RegisterExtension
    static final TestNamespace DOOMED = new TestNamespace("doomed");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    /** Moments of a creation, each deleted and made again from what is left. */
    private static final List<Predicate<PgCluster>> MOMENTS = List.of(
            cluster -> cluster.getStatus() != null && cluster.getStatus().epoch() != null,
            cluster -> cluster.getStatus() != null && cluster.getStatus().systemIdentifier() != null,
            cluster -> cluster.getStatus() != null
                    && cluster.getStatus().rules() != null
                    && cluster.getStatus().rules().size() > 1);

    @Test
    void fault27DeletedAtAnyMomentOfItsCreationItEndsAndCanBeMadeAgain() throws SQLException {
        for (Predicate<PgCluster> moment : MOMENTS) {
            ORDERS.apply("{instances: 2}");
            await("the moment")
                    .until(() -> moment.test(ORDERS.get())
                            || ORDERS.condition("Replicated").isTrue());

            ORDERS.kubectl().does("delete", "pgc", "orders", "--timeout=60s");

            await("its Pods are gone").until(() -> ORDERS.kubectl()
                    .does("get", "sts,pods,svc", "-o", "name")
                    .isEmpty());
        }
        ORDERS.apply("{instances: 2}").awaitSettled();
        ORDERS.primary().execute("create table sold (item text)");
        assertThat(ORDERS.kubectl().does("get", "pvc", "-o", "name").lines())
                .containsExactly("persistentvolumeclaim/data-orders-0", "persistentvolumeclaim/data-orders-1");
    }

    @Test
    void fault27ItsNamespaceEndsToo() {
        DOOMED.cluster("orders").apply("{}");
        DOOMED.cluster("billing").apply("{instances: 1}").awaitSettled();

        DOOMED.client().namespaces().withName(DOOMED.name()).delete();

        await("the namespace is gone")
                .until(() ->
                        DOOMED.client().namespaces().withName(DOOMED.name()).get() == null);
        if (!TestCluster.isUsersOwn()) {
            assertThat(Operator.logs().lines())
                    .as("the operator's log says so plainly")
                    .noneMatch(line -> line.matches(".*(WARN|ERROR).*" + DOOMED.name() + ".*"));
        }
    }
}
