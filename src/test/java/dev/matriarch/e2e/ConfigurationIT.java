package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How PostgreSQL is configured: bootstrap, parameters, hba. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 80)
class ConfigurationIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("configuration");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    @BeforeAll
    static void make() {
        ORDERS.apply("""
                        instances: 2
                        postgresql: {parameters: {work_mem: 5MB, max_connections: '60'}}
                        bootstrap:
                          database: shop
                          owner: keeper
                          locale: C.UTF-8
                          sql:
                          - create table opened (at timestamptz default now())
                          - insert into opened default values
                        """).awaitSettled();
    }

    @Test
    @Order(1)
    void theBootstrapRanOnce() throws SQLException {
        assertThat(
                        shop().column(
                                        "select datname || ' ' || pg_get_userbyid(datdba) from pg_database where datname = 'shop'"))
                .containsExactly("shop keeper");
        assertThat(shop().value("select count(*) from opened")).isEqualTo("1");
        assertThat(shop().value("show data_checksums")).isEqualTo("on");
        assertThat(shop().value("show server_encoding")).isEqualTo("UTF8");
        assertThat(shop().value("select datcollate from pg_database where datname = 'shop'"))
                .isEqualTo("C.UTF-8");
    }

    @Test
    @Order(2)
    void parametersAreInForceFromTheFirstSecondOnEveryInstance() throws SQLException {
        for (int i = 0; i < 2; i++) {
            assertThat(ORDERS.instance(i).value("show work_mem")).isEqualTo("5MB");
            assertThat(ORDERS.instance(i).value("show max_connections")).isEqualTo("60");
        }
    }

    @Test
    @Order(3)
    void aChangedParameterIsReloadedOnEveryInstanceWithoutARestart() throws SQLException {
        List<String> started = started();
        List<String> announced = announced();

        ORDERS.patch("{\"postgresql\": {\"parameters\": {\"work_mem\": \"6MB\"}}}");

        // The kubelet brings it at once, because the Pods have changed too; else it takes up to a minute and a half.
        await("nothing is under way any more", Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ORDERS.condition("Progressing"))
                        .extracting(StatusCondition::observedGeneration, StatusCondition::status)
                        .containsExactly(ORDERS.get().getMetadata().getGeneration(), "False"));
        assertThat(ORDERS.instance(0).value("show work_mem")).isEqualTo("6MB");
        assertThat(ORDERS.instance(1).value("show work_mem")).isEqualTo("6MB");
        assertThat(announced()).doesNotContainAnyElementsOf(announced);
        ORDERS.awaitSettled();
        assertThat(started()).isEqualTo(started);
    }

    @Test
    @Order(4)
    void aParameterThatNeedsARestartIsTold() {
        ORDERS.patch("{\"postgresql\": {\"parameters\": {\"max_connections\": \"70\"}}}");

        ORDERS.awaitCondition("RestartPending", "True", "orders-0 (max_connections)", "orders-1 (max_connections)");
        ORDERS.patch("{\"postgresql\": {\"parameters\": {\"max_connections\": \"60\"}}}");
        ORDERS.awaitCondition("RestartPending", "False");
    }

    @Test
    @Order(5)
    void linesOfHbaComeAfterTheOperatorsOwn() throws SQLException {
        Database keeper =
                Database.at(ORDERS.pod(0).getStatus().getPodIP(), "shop", "keeper", ORDERS.secret("app", "password"));
        keeper.execute("select 1");

        ORDERS.patch("{\"postgresql\": {\"hba\": [\"host postgres postgres all scram-sha-256\"]}}");

        await("keeper is refused").untilAsserted(() -> assertThatExceptionOfType(SQLException.class)
                .isThrownBy(keeper::connect)
                .withMessageContaining("no pg_hba.conf entry"));
        ORDERS.awaitSettled();
        assertThat(ORDERS.instance(0).column("select user_name[1] from pg_hba_file_rules order by rule_number limit 3"))
                .containsExactly("matriarch", "matriarch", "matriarch_replication");
        ORDERS.patch("{\"postgresql\": {\"hba\": null}}");
        await("keeper is admitted").untilAsserted(() -> keeper.execute("select 1"));
    }

    @Test
    @Order(6)
    void theBootstrapDoesNotRunAgainAfterARestart() throws SQLException {
        ORDERS.kubectl().does("delete", "pod", "orders-0", "orders-1");
        ORDERS.awaitSettled();

        assertThat(shop().value("select count(*) from opened")).isEqualTo("1");
    }

    @Test
    @Order(7)
    void aParameterIsInForceInWhateverCaseItsNameIsWritten() {
        // The driver sets the time zone of its session.
        String zone = "select setting from pg_file_settings where applied and lower(name) = 'timezone'";
        ORDERS.patch("{\"postgresql\": {\"parameters\": {\"TimeZone\": \"Europe/Berlin\"}}}");

        await("the time zone on both").untilAsserted(() -> {
            assertThat(ORDERS.instance(0).value(zone)).isEqualTo("Europe/Berlin");
            assertThat(ORDERS.instance(1).value(zone)).isEqualTo("Europe/Berlin");
        });
        ORDERS.patch(
                "{\"postgresql\": {\"parameters\": {\"WORK_MEM\": \"7MB\", \"Work_Mem\": \"8MB\", \"work_mem\": null}}}");
        ORDERS.awaitCondition(
                "Accepted", "False", "spec.postgresql.parameters.Work_Mem: the same parameter as WORK_MEM");
        ORDERS.patch(
                "{\"postgresql\": {\"parameters\": {\"WORK_MEM\": null, \"Work_Mem\": null, \"TimeZone\": null}}}");
        ORDERS.awaitCondition("Accepted", "True");
    }

    @Test
    @Order(8)
    void aLineOfHbaThatOnlyPostgresqlRefusesIsTold() throws SQLException {
        ORDERS.patch(
                "{\"postgresql\": {\"hba\": [\"host all all all scram-sha-256\", \"host all all 10.0.0.0/8 ldap\"]}}");

        ORDERS.awaitCondition("Accepted", "False", "spec.postgresql.hba[1]", "orders-0", "orders-1", "ldapbasedn");
        ORDERS.awaitEvent("Refused", "spec.postgresql.hba[1]", "ldapbasedn");
        ORDERS.patch(
                "{\"postgresql\": {\"hba\": [\"host \\\"my db\\\" all all scram-sha-256\", \"local all ann peer\", \"host all all all md5\"]}}");
        ORDERS.awaitCondition("Accepted", "True");
        await("the lines are in force").untilAsserted(() -> assertThat(
                        ORDERS.instance(1).column("select database[1] from pg_hba_file_rules where error is null"))
                .contains("my db"));
        ORDERS.patch("{\"postgresql\": {\"hba\": null}}");
        ORDERS.awaitCondition("Accepted", "True");
    }

    /** It has none that worked before, and must not look as if it were only slow. */
    @Test
    @Order(8)
    void soItIsOfANewClusterWhichStartsOnceItIsRight() {
        Cluster fresh = NAMESPACE.cluster("fresh");
        fresh.apply("{instances: 1, postgresql: {hba: [\"hostssl all all all scram-sha-256\"]}}");

        fresh.awaitCondition(
                "Accepted", "False", "spec.postgresql.hba[0]: fresh-0 admits no client", "SSL is disabled");

        fresh.patch("{\"postgresql\": {\"hba\": [\"host all all all scram-sha-256\"]}}");
        fresh.awaitSettled();
        fresh.awaitCondition("Accepted", "True");
        fresh.kubectl().does("delete", "pgc", "fresh");
    }

    /** Of one that was never right nothing says who else is to come in. */
    @Test
    @Order(9)
    void whereNobodyIsAdmittedNothingIsReady() {
        Cluster closed = NAMESPACE.cluster("closed");
        closed.apply("{instances: 1, postgresql: {hba: [\"host all all nonsense\"]}}");

        closed.awaitCondition("Ready", "False", "spec.postgresql.hba: no client is admitted");
        assertThat(closed.status().phase()).isEqualTo(PgClusterStatus.Phase.Failed);

        closed.patch("{\"postgresql\": {\"hba\": [\"host all all all scram-sha-256\"]}}");
        closed.awaitSettled();
        closed.awaitCondition("Accepted", "True");
        closed.kubectl().does("delete", "pgc", "closed");
    }

    @Test
    @Order(10)
    void whatIsLoweredIsLoweredAtThePrimaryFirst() throws SQLException {
        ORDERS.patch("{\"postgresql\": {\"parameters\": {\"max_connections\": \"50\"}}}");
        ORDERS.awaitCondition(
                "RestartPending", "True", "orders-1 (max_connections lowered)", "first that of the primary, orders-0");

        ORDERS.kubectl().does("delete", "pod", "orders-1");

        ORDERS.awaitCondition(
                "Accepted",
                "False",
                "max_connections = 50 is a lower setting than on the primary",
                "Delete Pod orders-0, the primary, to restart it with the new value, and then Pod orders-1");
        ORDERS.kubectl().does("delete", "pod", "orders-0");
        ORDERS.awaitCondition("Accepted", "False", "The primary has the new value now: delete Pod orders-1");
        ORDERS.kubectl().does("delete", "pod", "orders-1");
        await("the standby has the new value")
                .untilAsserted(() -> assertThat(ORDERS.instance(1).value("show max_connections"))
                        .isEqualTo("50"));
        ORDERS.awaitSettled();
        ORDERS.awaitCondition("Accepted", "True");
        ORDERS.awaitCondition("RestartPending", "False");
    }

    private static Database shop() {
        return Database.at(
                ORDERS.pod(0).getStatus().getPodIP(), "shop", "postgres", ORDERS.secret("superuser", "password"));
    }

    /** Which configuration each Pod was told to have. */
    private static List<String> announced() {
        return Stream.of(ORDERS.pod(0), ORDERS.pod(1))
                .map(pod -> pod.getMetadata().getAnnotations().get("postgres.matriarch.dev/configuration"))
                .toList();
    }

    private static List<String> started() throws SQLException {
        return List.of(
                ORDERS.instance(0).value("select pg_postmaster_start_time()"),
                ORDERS.instance(1).value("select pg_postmaster_start_time()"));
    }
}
