package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.e2e.support.BesideOthers;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.Operator;
import dev.matriarch.e2e.support.Switchover;
import dev.matriarch.e2e.support.TestCluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fault 27: a PgCluster is deleted in the middle of everything, and its namespace too. */
@BesideOthers(seconds = 46)
class DeletionIT {

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("deletion");

    @RegisterExtension
    static final TestNamespace DOOMED = new TestNamespace("doomed");

    /** Moments of a creation, each deleted and made again from what is left. */
    private static final List<Predicate<PgCluster>> MOMENTS = List.of(
            cluster -> cluster.getStatus() != null && cluster.getStatus().epoch() != null,
            cluster -> cluster.getStatus() != null && cluster.getStatus().systemIdentifier() != null,
            cluster -> cluster.getStatus() != null
                    && cluster.getStatus().rules() != null
                    && cluster.getStatus().rules().size() > 1);

    /** Its database cluster was made, and nobody has copied it yet. */
    @Test
    void fault27DeletedInTheMiddleOfItsCreationItEndsAndCanBeMadeAgain() throws SQLException {
        isDeletedAt(MOMENTS.subList(1, 2), NAMESPACE.cluster("once"));
    }

    @Exhaustive
    @Test
    void fault27DeletedAtAnyMomentOfItsCreationItEndsAndCanBeMadeAgain() throws SQLException {
        isDeletedAt(MOMENTS, NAMESPACE.cluster("often"));
    }

    private static void isDeletedAt(List<Predicate<PgCluster>> moments, Cluster cluster) throws SQLException {
        for (Predicate<PgCluster> moment : moments) {
            cluster.apply("{instances: 2}");
            await("the moment")
                    .until(() -> moment.test(cluster.get())
                            || cluster.condition("Replicated").isTrue());

            cluster.kubectl().does("delete", "pgc", cluster.name(), "--timeout=60s");

            await("its Pods are gone").until(() -> ofIt(cluster, "sts,pods,svc").isEmpty());
        }
        cluster.apply("{instances: 2}").awaitSettled();
        cluster.primary().execute("create table sold (item text)");
        assertThat(ofIt(cluster, "pvc").lines())
                .containsExactly(
                        "persistentvolumeclaim/data-" + cluster.name() + "-0",
                        "persistentvolumeclaim/data-" + cluster.name() + "-1");
    }

    /** The names of its objects. */
    private static String ofIt(Cluster cluster, String kinds) {
        return cluster.kubectl()
                .does("get", kinds, "-l", "postgres.matriarch.dev/cluster=" + cluster.name(), "-o", "name");
    }

    /** What it is in the middle of. */
    enum Moment {
        SCALES_OUT(2, cluster -> cluster.patch("{\"instances\": 3}"), moving -> isThere(moving, 2)),
        SWITCHES_OVER(
                3,
                cluster -> Switchover.apply(cluster, "to-1", "target: " + cluster.name() + "-1"),
                DeletionIT::changes),
        FAILS_OVER(3, cluster -> cluster.losePod(0), DeletionIT::changes),
        FAILS_OVER_FROM_ONE_THAT_HANGS(3, cluster -> hang(cluster.name() + "-0", cluster), DeletionIT::changes),
        HIBERNATES(3, cluster -> cluster.patch("{\"hibernated\": true}"), moving -> !isReady(moving));

        private final int instances;
        private final Consumer<Cluster> begin;
        private final Predicate<PgCluster> reached;

        Moment(int instances, Consumer<Cluster> begin, Predicate<PgCluster> reached) {
            this.instances = instances;
            this.begin = begin;
            this.reached = reached;
        }
    }

    @Exhaustive
    @ParameterizedTest
    @EnumSource
    void fault27DeletedInTheMiddleOfWhatItDoesItEndsAndComesBackWithItsRow(Moment moment) throws SQLException {
        Cluster moving =
                NAMESPACE.cluster(moment.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        moving.apply("{instances: " + moment.instances + "}").awaitSettled();
        moving.primary().execute("create table sold (item text)", "insert into sold values ('before')");
        CompletableFuture<?> reached = NAMESPACE
                .client()
                .resources(PgCluster.class)
                .inNamespace(NAMESPACE.name())
                .withName(moving.name())
                .informOnCondition(seen -> seen.stream().anyMatch(moment.reached)); // however short it is

        moment.begin.accept(moving);
        await("the moment").until(reached::isDone);
        moving.kubectl().does("delete", "pgc", moving.name(), "--timeout=60s");

        if (moment == Moment.FAILS_OVER) {
            moving.letPodComeBack(0); // its finalizer is the test's own
        }
        await("what was made for it is gone")
                .until(() -> ofIt(moving, "sts,pods,svc,endpointslices,pdb,sa").isEmpty());
        moving.apply("{instances: 3}").awaitSettled();
        assertThat(moving.primary().column("table sold")).containsExactly("before");
        moving.kubectl().does("delete", "pgc", moving.name(), "--timeout=60s");
    }

    private static boolean changes(PgCluster cluster) {
        return cluster.getStatus().transition() != null;
    }

    private static boolean isReady(PgCluster cluster) {
        return cluster.getStatus().conditions().stream()
                .anyMatch(each -> each.type().equals("Ready") && each.isTrue());
    }

    private static boolean isThere(PgCluster cluster, int ordinal) {
        return cluster.getStatus().instanceStatuses().stream()
                .anyMatch(each -> each.name().equals(cluster.getMetadata().getName() + "-" + ordinal));
    }

    /** Of its processes only the first, the supervisor, still gets time. */
    private static void hang(String pod, Cluster cluster) {
        cluster.kubectl().shell(pod, "postgres", "kill -STOP -1").orThrow();
    }

    @Test
    void fault27ItsNamespaceEndsToo() {
        DOOMED.cluster("orders").apply("{instances: 2}");
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
