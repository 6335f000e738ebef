package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults by the numbers of the list that the operator is held against. */
@BesideOthers(seconds = 57)
class FaultsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("faults");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() {
        ORDERS.apply("{instances: 2, postgresql: {parameters: {log_statement: all}}}")
                .awaitSettled();
    }

    @Test
    void fault19UnknownParameterIsRefusedAndTheInstancesGoOn() throws SQLException {
        String configuration = ORDERS.primary().value("show matriarch.configuration");

        parameter("wrk_mem", "8MB");

        ORDERS.awaitCondition(
                "Accepted", "False", "spec.postgresql.parameters.wrk_mem", "this PostgreSQL has no such parameter");
        ORDERS.awaitEvent("Refused", "spec.postgresql.parameters.wrk_mem");
        ORDERS.awaitCondition("Ready", "True");
        assertThat(ORDERS.primary().value("show matriarch.configuration")).isEqualTo(configuration);
        parameter("wrk_mem", null);
        ORDERS.awaitCondition("Accepted", "True");
    }

    @Test
    void fault19WrongValueIsRefusedAndTheInstancesGoOn() throws SQLException {
        for (String value : new String[] {"much", "1", "4 pounds"}) {
            parameter("work_mem", value);

            ORDERS.awaitCondition("Accepted", "False", "spec.postgresql.parameters.work_mem", "'" + value + "'");
            ORDERS.awaitCondition("Ready", "True");
            assertThat(ORDERS.primary().value("show work_mem")).isEqualTo("4MB");
        }
        parameter("work_mem", null);
        ORDERS.awaitCondition("Accepted", "True");
    }

    @Test
    void fault19MoreMemoryThanThereIsIsTakenBackWithTheReason() throws SQLException {
        Pod before = ORDERS.pod(1);
        parameter("shared_buffers", "4TB");
        ORDERS.awaitCondition("RestartPending", "True", "orders-1 (shared_buffers)");

        ORDERS.kubectl().does("delete", "pod", "orders-1");

        await("a new Pod")
                .until(() -> ORDERS.pod(1) != null
                        && !ORDERS.pod(1)
                                .getMetadata()
                                .getUid()
                                .equals(before.getMetadata().getUid()));
        await("it runs with what it had")
                .untilAsserted(() -> assertThat(ORDERS.instance(1).value("show shared_buffers"))
                        .isNotEqualTo("4TB"));
        await("it streams again").until(() -> ORDERS.primary()
                .column("select application_name from pg_stat_replication where state = 'streaming'")
                .contains("orders-1/e1"));
        ORDERS.awaitCondition("Accepted", "False", "orders-1", "shared memory of", "lower shared_buffers");
        ORDERS.awaitEvent("Refused", "lower shared_buffers");
        parameter("shared_buffers", null);
        ORDERS.awaitCondition("RestartPending", "False");
        ORDERS.awaitSettled();
    }

    @Test
    void fault19NewClusterWithAWrongParameterSaysSoAndStartsOnceItIsRight() {
        Cluster fresh = NAMESPACE.cluster("fresh");
        fresh.apply("{instances: 1, postgresql: {parameters: {wrk_mem: 8MB}}}");

        fresh.awaitCondition("Ready", "False", "wrk_mem");

        fresh.kubectl()
                .does(
                        "patch",
                        "pgc",
                        "fresh",
                        "--type=json",
                        "-p",
                        "[{\"op\": \"remove\", \"path\": \"/spec/postgresql/parameters\"}]");
        fresh.awaitSettled();
        fresh.kubectl().does("delete", "pgc", "fresh");
    }

    @Test
    void fault21ChangedPasswordIsTakenOver() throws SQLException {
        secret(
                "orders-superuser",
                "{\"stringData\": {\"POSTGRES_PASSWORD\": \"it's %new\", \"password\": \"it's %new\"}}");

        await("the new password opens")
                .untilAsserted(() -> superuser("it's %new").execute("select 1"));
        ORDERS.awaitEvent("PasswordChanged", "postgres");
        assertThat(ORDERS.kubectl().does("logs", "orders-0"))
                .as("PostgreSQL logs every statement")
                .contains("create database")
                .doesNotContain("SCRAM-SHA-256", "it's %new", "it''s %new");
        secret("orders-app", "{\"stringData\": {\"password\": \"p@ss:word/\\\\\"}}");
        await("the uri follows").until(() -> ORDERS.secret("app", "uri").contains(":p%40ss%3Aword%2F%5C@"));
        await("the new password opens")
                .untilAsserted(() -> Database.at(ORDERS.pod(0).getStatus().getPodIP(), "app", "app", "p@ss:word/\\")
                        .execute("select 1"));
    }

    @Test
    void fault21ChangedReplicationPasswordIsTakenOver() throws SQLException {
        String verifier = "select rolpassword from pg_authid where rolname = 'matriarch_replication'";
        String before = ORDERS.primary().value(verifier);

        secret("orders-internal", "{\"stringData\": {\"matriarch_replication\": \"another-one\"}}");

        await("the primary has it")
                .until(() -> !ORDERS.primary().value(verifier).equals(before));
        String receiver = ORDERS.instance(1).value("select pid from pg_stat_wal_receiver");
        ORDERS.kubectl().shell("orders-1", "postgres", "kill " + receiver).orThrow();
        await("the standby comes with it").until(() -> {
            String now = ORDERS.instance(1).value("select pid from pg_stat_wal_receiver where status = 'streaming'");
            return !now.equals(receiver);
        });
        ORDERS.awaitSettled();
    }

    @Test
    void fault21DeletedPasswordIsMadeGoodFromWhatIsKnown() {
        String password = ORDERS.secret("superuser", "password");

        ORDERS.kubectl().does("delete", "secret", "orders-superuser");

        await("the Secret").untilAsserted(() -> assertThat(ORDERS.secret("superuser", "POSTGRES_PASSWORD"))
                .isEqualTo(password));
    }

    /** Users never need this one; without it the operator sees nothing and no standby finds its primary. */
    @Test
    void fault21LostPasswordsOfTheOperatorsOwnRolesArePutBack() {
        String before = ORDERS.secret("internal", "matriarch");

        secret("orders-internal", "{\"data\": {\"matriarch\": null, \"matriarch_replication\": \"\"}}");

        await("they are back").untilAsserted(() -> {
            assertThat(ORDERS.secret("internal", "matriarch")).isEqualTo(before);
            assertThat(ORDERS.secret("internal", "matriarch_replication")).isNotEmpty();
        });
        ORDERS.awaitSettled();
        ORDERS.awaitCondition("Accepted", "True");
    }

    @Test
    void fault21EmptiedPasswordIsRefusedAndTheOldOneStays() throws SQLException {
        String password = ORDERS.secret("superuser", "password");

        secret("orders-superuser", "{\"data\": {\"POSTGRES_PASSWORD\": \"\", \"password\": \"\"}}");

        ORDERS.awaitCondition(
                "Accepted",
                "False",
                "Secret orders-superuser",
                "POSTGRES_PASSWORD or password",
                "the password stays what it was");
        ORDERS.awaitEvent("Refused", "Secret orders-superuser");
        superuser(password).execute("select 1");
        secret("orders-superuser", "{\"stringData\": {\"POSTGRES_PASSWORD\": \"again\", \"password\": \"again\"}}");
        ORDERS.awaitCondition("Accepted", "True");
        await("the new password opens").untilAsserted(() -> superuser("again").execute("select 1"));
    }

    private static void parameter(String name, String value) {
        ORDERS.patch("{\"postgresql\": {\"parameters\": {\"" + name + "\": "
                + (value == null ? "null" : '"' + value + '"') + "}}}");
    }

    private static void secret(String name, String patch) {
        ORDERS.kubectl().does("patch", "secret", name, "-p", patch);
    }

    private static Database superuser(String password) {
        return Database.at(ORDERS.pod(0).getStatus().getPodIP(), "postgres", "postgres", password);
    }
}
