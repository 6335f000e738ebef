package dev.matriarch.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Toolbox;
import io.fabric8.kubernetes.api.model.Secret;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an application is given to connect with, and what comes of it. */
@BesideOthers(seconds = 18)
class SecretsIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("secrets");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    private static Toolbox toolbox;

    @BeforeAll
    static void make() {
        ORDERS.apply("{instances: 2, bootstrap: {database: shop, owner: keeper}}")
                .awaitSettled();
        toolbox = Toolbox.start(ORDERS);
    }

    @Test
    void theApplicationsSecretHasEveryKeyOfServiceBindingAndMore() {
        Secret secret = secret("orders-app");

        assertThat(secret.getType()).isEqualTo("servicebinding.io/postgresql");
        assertThat(secret.getData())
                .containsOnlyKeys(
                        "type",
                        "provider",
                        "host",
                        "port",
                        "database",
                        "username",
                        "password",
                        "uri",
                        "jdbc-uri",
                        "pgpass",
                        "uri-multihost",
                        "jdbc-uri-multihost");
        assertThat(ORDERS.secret("app", "type")).isEqualTo("postgresql");
        assertThat(ORDERS.secret("app", "host")).isEqualTo("orders-primary.matriarch-test-secrets.svc");
        assertThat(ORDERS.secret("app", "port")).isEqualTo("5432");
        assertThat(ORDERS.secret("app", "database")).isEqualTo("shop");
        assertThat(ORDERS.secret("app", "username")).isEqualTo("keeper");
        assertThat(ORDERS.secret("app", "password")).hasSizeGreaterThanOrEqualTo(24);
        assertThat(ORDERS.status().binding().name()).isEqualTo("orders-app");
    }

    @Test
    void theSuperusersSecretHasThePasswordUnderBothNames() {
        assertThat(ORDERS.secret("superuser", "POSTGRES_PASSWORD"))
                .isEqualTo(ORDERS.secret("superuser", "password"))
                .isNotEqualTo(ORDERS.secret("app", "password"));
        assertThat(ORDERS.secret("superuser", "username")).isEqualTo("postgres");
    }

    @Test
    void itsUrisOpenPsqlOnThePrimary() {
        for (String key : new String[] {"uri", "uri-multihost"}) {
            assertThat(toolbox.psql(
                                    ORDERS.secret("app", key),
                                    "-Atc",
                                    "select current_user, current_database(), pg_is_in_recovery()")
                            .orThrow()
                            .out())
                    .as(key)
                    .isEqualTo("keeper|shop|f\n");
        }
    }

    @Test
    void itsJdbcUrisOpenAConnectionToThePrimary() throws SQLException {
        String address = NAMESPACE
                .client()
                .services()
                .inNamespace(NAMESPACE.name())
                .withName("orders-primary")
                .get()
                .getSpec()
                .getClusterIP();
        String one = ORDERS.secret("app", "jdbc-uri").replace("orders-primary.matriarch-test-secrets.svc", address);
        String several = ORDERS.secret("app", "jdbc-uri-multihost");
        for (int i = 0; i < 2; i++) {
            several = several.replace(
                    "orders-" + i + ".orders-pods.matriarch-test-secrets.svc",
                    ORDERS.pod(i).getStatus().getPodIP());
        }

        for (String url : new String[] {one, several}) {
            assertThat(new Database(url, null, null)
                            .value("select current_user || ' ' || current_database() || ' ' || pg_is_in_recovery()"))
                    .isEqualTo("keeper shop false");
        }
    }

    @Test
    void itsPassfileIsTakenByLibpq() {
        String line = ORDERS.secret("app", "pgpass").strip();
        assertThat(NAMESPACE
                        .kubectl()
                        .shell(
                                "toolbox",
                                "psql",
                                "unset PGPASSWORD; umask 077; echo '" + line
                                        + "' >/tmp/pgpass; PGPASSFILE=/tmp/pgpass psql -w -h orders-primary -U keeper shop -Atc 'select 1'")
                        .orThrow()
                        .out())
                .isEqualTo("1\n");
    }

    @Test
    void theOwnerOwnsTheDatabaseAndIsNoSuperuser() throws SQLException {
        Database shop = new Database(
                "jdbc:postgresql://" + ORDERS.pod(0).getStatus().getPodIP() + "/shop",
                "keeper",
                ORDERS.secret("app", "password"));

        shop.execute("create table sold (id int)", "drop table sold");
        assertThat(shop.value("select rolsuper from pg_roles where rolname = current_user"))
                .isEqualTo("f");
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> shop.execute("create role thief"));
    }

    @Test
    void nobodyEntersWithoutAPassword() {
        for (String user : new String[] {"postgres", "keeper", "matriarch", "matriarch_replication"}) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Database.at(ORDERS.pod(0).getStatus().getPodIP(), "postgres", user, "guess")
                            .connect())
                    .satisfies(refused -> assertThat(refused.getSQLState()).startsWith("28"));
        }
    }

    private static Secret secret(String name) {
        return NAMESPACE
                .client()
                .secrets()
                .inNamespace(NAMESPACE.name())
                .withName(name)
                .get();
    }
}
