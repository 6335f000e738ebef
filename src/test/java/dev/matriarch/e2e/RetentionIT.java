package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is left of a deleted PgCluster; and two of them side by side. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@BesideOthers(seconds = 57)
class RetentionIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("retention");

    private static final Cluster KEPT = NAMESPACE.cluster("kept");
    private static final Cluster DROPPED = NAMESPACE.cluster("dropped");
    private static final String KEPT_SPEC = "{instances: 2}";
    private static final String DROPPED_SPEC = "{instances: 2, storage: {retention: Delete}}";

    @BeforeAll
    static void make() throws SQLException {
        KEPT.apply(KEPT_SPEC);
        DROPPED.apply(DROPPED_SPEC);
        KEPT.awaitSettled().primary().execute("create table who (name text)", "insert into who values ('kept')");
        DROPPED.awaitSettled().primary().execute("create table who (name text)", "insert into who values ('dropped')");
    }

    @Test
    @Order(1)
    void twoClustersInANamespaceAreTwo() throws SQLException {
        assertThat(KEPT.primary().value("table who")).isEqualTo("kept");
        assertThat(DROPPED.primary().value("table who")).isEqualTo("dropped");
        assertThat(KEPT.status().systemIdentifier())
                .isNotEqualTo(DROPPED.status().systemIdentifier());
        assertThat(KEPT.primary().column("select application_name from pg_stat_replication"))
                .containsExactly("kept-1/e1");
        assertThat(DROPPED.primary().column("select application_name from pg_stat_replication"))
                .containsExactly("dropped-1/e1");
        assertThat(KEPT.secret("superuser", "password")).isNotEqualTo(DROPPED.secret("superuser", "password"));
    }

    @Test
    @Order(2)
    void deletionTakesAllAwayButWhatIsToBeRetained() {
        KEPT.kubectl().does("delete", "pgc", "kept", "dropped", "--timeout=60s");

        await("everything else is gone").untilAsserted(() -> assertThat(KEPT.kubectl()
                        .does(
                                "get",
                                "pgc,sts,pods,svc,endpointslices,configmaps,secrets,pdb,sa,pvc",
                                "-l",
                                "app.kubernetes.io/managed-by=matriarch",
                                "-o",
                                "name")
                        .lines())
                .containsExactlyInAnyOrder(
                        "secret/kept-app",
                        "secret/kept-internal",
                        "secret/kept-superuser",
                        "persistentvolumeclaim/data-kept-0",
                        "persistentvolumeclaim/data-kept-1"));
    }

    @Test
    @Order(3)
    void aClusterOfTheSameNameTakesUpDataEpochAndPasswords() throws SQLException {
        List<String> passwords = passwords();

        KEPT.apply(KEPT_SPEC).awaitSettled();

        assertThat(KEPT.primary().value("table who")).isEqualTo("kept");
        assertThat(KEPT.status().epoch()).isEqualTo(2);
        assertThat(passwords()).isEqualTo(passwords);
        assertThat(KEPT.primary().column("select application_name from pg_stat_replication"))
                .containsExactly("kept-1/e2");
        assertThat(KEPT.status().rules()).singleElement().satisfies(rule -> assertThat(rule.members())
                .containsExactly("kept-1/e2"));
        KEPT.awaitEvent("Recorded", "volumes of an earlier cluster of this name are taken up again in epoch 2");
        KEPT.primary().execute("insert into who values ('again')");
    }

    @Test
    @Order(4)
    void aClusterWhoseVolumesAreGoneBeginsAnew() throws SQLException {
        DROPPED.apply(DROPPED_SPEC).awaitSettled();

        assertThat(DROPPED.primary().column("select tablename from pg_tables where tablename = 'who'"))
                .isEmpty();
        assertThat(DROPPED.status().epoch()).isEqualTo(1);
    }

    @Test
    @Order(5)
    void deletedAndMadeAgainAtOnceItIsTakenUpAsWell() throws SQLException {
        KEPT.kubectl().does("delete", "pgc", "kept", "--timeout=60s");
        KEPT.apply(KEPT_SPEC).awaitSettled();

        assertThat(KEPT.primary().column("table who")).containsExactly("kept", "again");
        assertThat(KEPT.status().epoch()).isEqualTo(3);
    }

    @Exhaustive
    @Test
    @Order(6)
    void madeAgainWithAnotherBootstrapItGoesOnWithWhatThereIs() throws SQLException {
        KEPT.kubectl().does("delete", "pgc", "kept", "--timeout=60s");
        KEPT.apply("{instances: 2, bootstrap: {database: store, owner: clerk}}").awaitSettled();

        KEPT.awaitCondition(
                "Accepted",
                "False",
                "spec.bootstrap.database: the kept volumes hold a cluster that began with app, not store",
                "spec.bootstrap.owner: the kept volumes hold a cluster that began with app, not clerk",
                "make it again with database: app");
        KEPT.awaitEvent("Refused", "spec.bootstrap.database", "spec.bootstrap.owner");
        theSecretOpens();
        KEPT.kubectl().does("delete", "secret", "kept-app");
        await("it is made again").untilAsserted(RetentionIT::theSecretOpens);

        KEPT.kubectl().does("delete", "pgc", "kept", "--timeout=60s");
        KEPT.apply(KEPT_SPEC).awaitSettled();
        KEPT.awaitCondition("Accepted", "True");
        theSecretOpens();
    }

    private static void theSecretOpens() throws SQLException {
        assertThat(KEPT.secret("app", "database")).isEqualTo("app");
        Database.at(
                        KEPT.pod(0).getStatus().getPodIP(),
                        KEPT.secret("app", "database"),
                        KEPT.secret("app", "username"),
                        KEPT.secret("app", "password"))
                .execute("select 1");
    }

    private static List<String> passwords() {
        return List.of(
                KEPT.secret("superuser", "password"),
                KEPT.secret("app", "password"),
                KEPT.secret("internal", "matriarch"),
                KEPT.secret("internal", "matriarch_replication"));
    }
}
