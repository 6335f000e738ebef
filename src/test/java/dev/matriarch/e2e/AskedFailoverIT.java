package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Consent;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nobody leads in place of a lost primary before a person has said so, where that is wanted. What a person does about a loss is in {@link FailoverIT}. */
@BesideOthers
class AskedFailoverIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("asked-failover");

    @Test
    void whoWantsToBeAskedIsAskedAndNothingIsLost() throws SQLException {
        Cluster asking = NAMESPACE.cluster("asking");
        asking.apply("{instances: 3, failover: {automatic: false}}").awaitSettled();
        asking.primary().execute("create table sold (item text)", "insert into sold values ('first')");

        asking.kubectl().shell("asking-0", "postgres", "kill -STOP -1").orThrow();
        asking.awaitCondition("Ready", "False", "spec.failover.automatic is false", "epoch 1, losing nothing");
        Consent.give(asking, Consent.askedFor(asking));

        await("another leads").until(() -> !"asking-0".equals(asking.status().primary()));
        asking.kubectl().shell("asking-0", "postgres", "kill -CONT -1").orThrow();
        asking.awaitSettled();
        assertThat(asking.status().epoch()).isEqualTo(2);
        assertThat(asking.primary().column("table sold")).containsExactly("first");
    }
}
