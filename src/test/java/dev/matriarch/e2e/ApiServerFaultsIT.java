package dev.matriarch.e2e;

import static dev.matriarch.e2e.support.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.ApiServerFault;
import dev.matriarch.e2e.support.ApiServerProxy;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.HttpHead;
import dev.matriarch.e2e.support.LaptopOperator;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.OwnOperator;
import dev.matriarch.e2e.support.SteadyWriter;
import dev.matriarch.e2e.support.TestNamespace;
import dev.matriarch.e2e.support.Treatment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The API server fails its clients in every way, and meanwhile the primary is lost: fault 26. */
@OnLocalCluster
@OwnOperator(seconds = 63)
class ApiServerFaultsIT {

    private static final Logger LOG = Logger.getLogger(ApiServerFaultsIT.class);

    @RegisterExtension
    static final TestNamespace NAMESPACE = new TestNamespace("api-server-faults");

    private static final Cluster ORDERS = NAMESPACE.cluster("orders");

    /** How long the API server fails at least. */
    private static final Duration WHILE = Duration.ofSeconds(8);

    /** Requests a second by all that one operator does about one cluster which is replaced. A loop without a pause makes many hundred. */
    private static final double BUSY = 60;

    private static final Duration SETTLED_INTERVAL = Duration.ofSeconds(1);

    /** While nothing can be recorded nobody is replaced. */
    private static final Set<ApiServerFault> NOTHING_RECORDED = Set.of(ApiServerFault.SILENT, ApiServerFault.DEAF);

    private static ApiServerProxy proxy;
    private static LaptopOperator operator;

    @BeforeAll
    static void begin() {
        proxy = ApiServerProxy.open(NAMESPACE.name());
        operator = LaptopOperator.start(
                NAMESPACE,
                proxy.kubeconfig(),
                Map.of("MATRIARCH_REACH", "direct", "MATRIARCH_SETTLED_INTERVAL", SETTLED_INTERVAL.toString()));
        ORDERS.apply("{}").awaitSettled();
    }

    @AfterAll
    static void end() {
        operator.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST", "WATCHES_SILENT"})
    void theLostPrimaryIsReplacedOnceAndNothingIsAskedInALoop(ApiServerFault fault) throws Exception {
        replacesThePrimary(fault);
    }

    @Exhaustive
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ANSWER_LOST", "WATCHES_SILENT"})
    void theLostPrimaryIsReplacedOnceHoweverTheApiServerFails(ApiServerFault fault) throws Exception {
        replacesThePrimary(fault);
    }

    /** A defect in a round, of which an answer that makes no sense is one: it is told, without words of which nobody knows what is in them, and what runs goes on. */
    @Test
    void anOperatorThatFailsAtOneClusterSaysSo() throws Exception {
        ORDERS.kubectl()
                .does(
                        "create",
                        "secret",
                        "generic",
                        "own",
                        "--from-literal=password=" + ORDERS.secret("superuser", "password"));
        ORDERS.patch("{\"secrets\": {\"superuser\": \"own\"}}");
        ORDERS.awaitSettled();
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            proxy.treat(request -> request.target().endsWith("/secrets/own")
                    ? Treatment.Verdict.answered("""
                            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "own"}, "data": {"password": "not-base64"}}""")
                    : Treatment.Verdict.THROUGH);
            ORDERS.patch("{\"postgresql\": {\"parameters\": {\"work_mem\": \"5MB\"}}}");

            ORDERS.awaitCondition(
                    "Progressing", "True", "The operator fails at this PgCluster (IllegalArgumentException)");
            ORDERS.awaitEvent("Trouble", "The operator fails at this PgCluster");
            assertThat(ORDERS.condition("Progressing").message()).doesNotContain("not-base64");
            writer.awaitMore(100);
        } finally {
            proxy.treat(Treatment.NONE);
        }

        ORDERS.awaitSettled();
        assertThat(ORDERS.primary().value("show work_mem"))
                .as("what was asked meanwhile")
                .isEqualTo("5MB");
    }

    private static void replacesThePrimary(ApiServerFault fault) throws Exception {
        long epoch = ORDERS.status().epoch();
        int timelines = ORDERS.status().timelines().size();
        String before = ORDERS.status().primary();
        List<String> acknowledged;
        try (SteadyWriter writer = SteadyWriter.begin(ORDERS)) {
            writer.awaitMore(10);
            long began = System.nanoTime();
            proxy.treat(fault);
            processes(before, "STOP");
            try {
                if (NOTHING_RECORDED.contains(fault)) {
                    wait(fault, began);
                    proxy.treat(Treatment.NONE);
                }
                await("another leads").until(() -> {
                    cutWatches(fault);
                    return !before.equals(ORDERS.status().primary());
                });
                writer.awaitMore(10);
                LOG.infof(
                        "%s: nobody could write for %d ms",
                        fault, writer.longestGap().toMillis());
            } finally {
                processes(before, "CONT");
            }
            wait(fault, began);
            double perSecond = proxy.perSecond(began, each -> true);
            LOG.infof("%s: %.1f requests a second", fault, perSecond);
            assertThat(perSecond).as("requests a second").isLessThan(BUSY);
            proxy.treat(Treatment.NONE);
            acknowledged = writer.end();
        } finally {
            proxy.treat(Treatment.NONE);
        }

        ORDERS.awaitSettled();
        assertThat(ORDERS.status().epoch()).as("one failover").isEqualTo(epoch + 1);
        assertThat(ORDERS.status().timelines()).as("one promotion").hasSize(timelines + 1);
        SteadyWriter.awaitEverywhere(ORDERS, 3, acknowledged);
        writesNothingAtRest();
    }

    /** Lets it go on until it has lasted long enough. */
    private static void wait(ApiServerFault fault, long began) {
        await("it has lasted").until(() -> {
            cutWatches(fault);
            return System.nanoTime() - began > WHILE.toNanos();
        });
    }

    private static void cutWatches(ApiServerFault fault) {
        if (fault == ApiServerFault.WATCHES_BROKEN) {
            proxy.cutWatches();
        }
    }

    /** It looks at the cluster some times, for which it asks nothing of the API server, and changes nothing. */
    private static void writesNothingAtRest() {
        Duration looks = SETTLED_INTERVAL.multipliedBy(4);
        await("nothing is written any more").until(() -> {
            long since = System.nanoTime() - looks.toNanos();
            return proxy.count(since, HttpHead::isWrite) == 0;
        });
    }

    /** All processes of PostgreSQL get no time, so that nobody hears anything of it; or get it again. */
    private static void processes(String pod, String signal) {
        ORDERS.kubectl().shell(pod, "postgres", "kill -" + signal + " -1").orThrow();
    }
}
