package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Consent;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nobody leads in place of a lost primary before a person has said so, where that is wanted. What a person does about a loss is in {@link FailoverIT}. And who can lead only once it was started
 * anew.
 */
@BesideOthers(seconds = 42)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AskedFailoverIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("asked-failover");

    private static final Cluster ASKING = NAMESPACE.cluster("asking");

    @Test
    @Order(1)
    void whoWantsToBeAskedIsAskedAndNothingIsLost() throws SQLException {
        ASKING.apply("{instances: 3, failover: {automatic: false}}").awaitSettled();
        ASKING.primary().execute("create table sold (item text)", "insert into sold values ('first')");

        ASKING.kubectl().shell("asking-0", "postgres", "kill -STOP -1").orThrow();
        ASKING.awaitCondition("Ready", "False", "spec.failover.automatic is false", "epoch 1, losing nothing");
        Consent.give(ASKING, Consent.askedFor(ASKING));

        await("another leads").until(() -> !"asking-0".equals(ASKING.status().primary()));
        ASKING.kubectl().shell("asking-0", "postgres", "kill -CONT -1").orThrow();
        ASKING.awaitSettled();
        assertThat(ASKING.status().epoch()).isEqualTo(2);
        assertThat(ASKING.primary().column("table sold")).containsExactly("first");
    }

    /** As if they had begun to follow the timeline of a primary that was lost at once. The supervisor's own tests have the WAL of it, too. */
    @Test
    @Order(2)
    void whoKnowsATimelineOfWhichItHasNothingForgetsItBeforeItLeadsOrFollows() throws SQLException {
        ASKING.patch("{\"failover\": {\"automatic\": true}}");
        ASKING.awaitSettled();
        PgClusterStatus before = ASKING.status();
        List<String> standbys = IntStream.range(0, 3)
                .mapToObj(ordinal -> "asking-" + ordinal)
                .filter(each -> !each.equals(before.primary()))
                .toList();
        String begin = "cd $PGDATA/pg_wal && cat *.history >begun; printf '%d\\t7F/0\\tmade up\\n' " + before.timeline()
                + " >>begun && mv begun 0000000F.history";
        for (String each : standbys) {
            ASKING.kubectl().shell(each, "postgres", begin).orThrow();
        }
        ASKING.kubectl().shell(before.primary(), "postgres", "kill -STOP -1").orThrow();

        await("another leads")
                .until(() -> !before.primary().equals(ASKING.status().primary()));
        ASKING.kubectl().shell(before.primary(), "postgres", "kill -CONT -1").orThrow();
        ASKING.awaitSettled();
        assertThat(ASKING.status().timeline()).as("the one that was reserved").isEqualTo(before.timeline() + 2);
        for (String each : standbys) {
            assertThat(ASKING.kubectl().does("logs", each, "-c", "postgres"))
                    .contains("supervisor: forgets timeline 0000000F, of which it has nothing");
        }
        assertThat(ASKING.primary().column("table sold")).containsExactly("first");
    }
}
