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

/** What a person does about a primary that is lost and took with it what nobody else has. What happens by itself is in {@link ChaosIT}. */
@BesideOthers(seconds = 28)
class FailoverIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("failover");

    @Test
    void whoAcceptsTheLossGetsAPrimary() throws SQLException {
        Cluster pair = NAMESPACE.cluster("pair");
        pair.apply("{instances: 2}").awaitSettled();
        pair.primary().execute("create table sold (item text)", "insert into sold values ('first')");
        pair.losePod(0);
        try {
            pair.awaitCondition(
                    "Ready",
                    "False",
                    "pair-0 is lost",
                    "only pair-1 answers",
                    "postgres.matriarch.dev/failover='epoch 1, losing all after");

            Consent.give(pair, "epoch 7, losing nothing");
            pair.awaitCondition("Accepted", "False", "postgres.matriarch.dev/failover", "epoch 7", "epoch 1");
            pair.awaitEvent("Refused", "postgres.matriarch.dev/failover");
            assertThat(pair.status().epoch()).isEqualTo(1);

            Consent.give(pair, Consent.askedFor(pair));
            await("pair-1 leads").untilAsserted(() -> pair.primary().execute("insert into sold values ('alone')"));
            pair.awaitEvent("LossAccepted", "of pair-1");
            pair.awaitEvent("Routed", "pair-primary leads to pair-1, ");
        } finally {
            pair.letPodComeBack(0);
        }
        pair.awaitSettled();
        assertThat(pair.status().primary()).isEqualTo("pair-1");
        assertThat(pair.status().epoch()).isEqualTo(2);
        assertThat(pair.status().rules()).singleElement().satisfies(rule -> assertThat(rule.required())
                .isEqualTo(1));
        assertThat(pair.status().lastTransition().consent()).startsWith("epoch 1, losing all after");
        await("the old primary has all")
                .untilAsserted(
                        () -> assertThat(pair.instance(0).column("table sold")).containsExactly("first", "alone"));
        pair.awaitCondition("Accepted", "True");
    }
}
