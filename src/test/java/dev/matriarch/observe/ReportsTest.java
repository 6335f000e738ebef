package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.matriarch.decide.Instance.Report;
import dev.matriarch.decide.Instance.Stopped;
import dev.matriarch.decide.Lsn;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class ReportsTest {

    @Test
    void theLastReportCountsAmongAllThatIsInTheLog() {
        assertThat(last("""
                        matriarch {"v":1,"time":"2026-11-21T11:00:00Z","step":"waiting","deed":"","epoch":0,"volume":"empty","systemIdentifier":"","timeline":0,"lsn":"","reason":"","message":""}
                        2026-11-21 11:00:01 UTC [12] LOG:  matriarch {"step":"not ours"}
                        matriarch {"v":1,"time":"2026-11-21T11:00:02Z","step":"refused","deed":"run","epoch":3,"volume":"empty","systemIdentifier":"","timeline":0,"lsn":"","reason":"empty","message":"the volume is \\"empty\\""}
                        2026-11-21 11:00:03 UTC [12] LOG:  something else
                        """)).contains(new Report("refused", "run", 3, "empty", "empty", "the volume is \"empty\""));
    }

    @Test
    void aLineThatWasCutOffIsPassedOver() {
        assertThat(last("matriarch {\"v\":1,\"step\":\"running\",\"epoch\":1}\nmatriarch {\"v\":1,\"step\":\"sto"))
                .hasValueSatisfying(each -> assertThat(each.step()).isEqualTo("running"));
    }

    @Test
    void withoutAReportThereIsNone() {
        assertThat(last("")).isEmpty();
        assertThat(last("LOG: database system is ready")).isEmpty();
    }

    @Test
    void whatTheControlFileSaysOfADatabaseThatIsDown() {
        assertThat(last("""
                        matriarch {"v":1,"time":"2026-11-21T11:00:00Z","step":"stopped","deed":"stop","epoch":2,"volume":"data","systemIdentifier":"7412","state":"shut down","timeline":3,"lsn":"1/B3000028","reason":"","message":""}
                        """).flatMap(Report::data))
                .contains(new Stopped("7412", "shut down", 3, Lsn.parse("1/B3000028")));
    }

    @Test
    void aServerThatRunsAndAnEmptyVolumeHaveNoSuchState() {
        String running =
                "matriarch {\"step\":\"running\",\"systemIdentifier\":\"7412\",\"state\":\"\",\"timeline\":0,\"lsn\":\"\"}";
        String empty =
                "matriarch {\"step\":\"waiting\",\"systemIdentifier\":\"\",\"state\":\"\",\"timeline\":0,\"lsn\":\"\"}";
        for (String log : List.of(running, empty)) {
            assertThat(last(log))
                    .hasValueSatisfying(each -> assertThat(each.data()).isEmpty());
        }
    }

    /** By a supervisor of an older version, whose Pod was not made anew yet. */
    @Test
    void withoutTheFieldThereIsNoSuchState() {
        assertThat(
                        last(
                                "matriarch {\"step\":\"stopped\",\"systemIdentifier\":\"7412\",\"timeline\":3,\"lsn\":\"0/3000028\"}"))
                .hasValueSatisfying(each -> assertThat(each.data()).isEmpty());
    }

    /** They are PostgreSQL's own, and another version may have others: what is no clean end to us is none. */
    @Test
    void aStateInForeignWordsIsPassedOnAsItIs() {
        assertThat(
                        last("matriarch {\"step\":\"stopped\",\"systemIdentifier\":\"7412\",\"state\":\"in archive recovery of a copy\",\"timeline\":3,\"lsn\":\"0/3000028\"}")
                                .flatMap(Report::data))
                .hasValueSatisfying(each -> assertThat(each.state()).isEqualTo("in archive recovery of a copy"));
    }

    @Test
    void aPositionThatIsNoneTellsNothingOfTheData() {
        for (String lsn : List.of("nowhere", "/28", "0/", "0/XYZ")) {
            assertThat(last(
                            "matriarch {\"step\":\"stopped\",\"systemIdentifier\":\"7412\",\"state\":\"shut down\",\"timeline\":3,\"lsn\":\"%s\"}"
                                    .formatted(lsn)))
                    .as(lsn)
                    .hasValueSatisfying(each -> {
                        assertThat(each.step()).isEqualTo("stopped");
                        assertThat(each.data()).isEmpty();
                    });
        }
    }

    @Test
    void theLastOneOfSomeStepsCanBeAskedFor() {
        String log = "matriarch {\"step\":\"configuration-refused\"}\nmatriarch {\"step\":\"running\"}";
        assertThat(Reports.lastIn(log, Set.of("configuration-refused", "configured")))
                .hasValueSatisfying(each -> assertThat(each.step()).isEqualTo("configuration-refused"));
        assertThat(Reports.lastIn(log, Set.of("failed"))).isEmpty();
    }

    private Optional<Report> last(String log) {
        return Reports.lastIn(log, Set.of());
    }

    @Test
    void aRefusalHasOneReason() {
        Report report = new Report("refused", "run", 1, "data", "was-primary", "");
        assertThat(report.refused("was-primary")).isTrue();
        assertThat(report.refused("empty")).isFalse();
        assertThat(new Report("waiting", "", 1, "empty", "empty", "").refused("empty"))
                .isFalse();
    }

    /** A log is read in every round of a cluster that waits, so each one must be one request. */
    @Test
    void theLogIsOneRequest() throws IOException {
        withApi((reports, requests) -> {
            assertThat(reports.last(POD)).map(Report::step).contains("waiting");
            assertThat(reports.recent(POD, Reports.IN_A_HURRY))
                    .as("of a moment ago")
                    .map(Report::step)
                    .contains("waiting");
            assertThat(requests)
                    .containsExactly("/api/v1/namespaces/shop/pods/orders-0/log?container=postgres&tailLines=200");
            assertThat(reports.last(POD)).isEmpty();
            assertThat(requests).as("none is tried again").hasSize(2);
        });
    }

    /** Clients wait for a primary, and a log goes a long way. */
    @Test
    void whatIsPreparedIsNotWaitedFor() throws IOException {
        withApi((reports, requests) -> {
            List<Runnable> later = new ArrayList<>();
            reports.prepare(POD, later::add);
            reports.prepare(POD, later::add);
            assertThat(later).hasSize(1);
            assertThat(reports.recent(POD, Reports.IN_A_HURRY)).isEmpty();
            assertThat(requests).isEmpty();

            later.get(0).run();
            assertThat(reports.recent(POD, Reports.IN_A_HURRY))
                    .map(Report::step)
                    .contains("waiting");
            assertThat(requests).hasSize(1);
        });
    }

    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withName("orders-0")
            .withNamespace("shop")
            .withUid("5b7e")
            .endMetadata()
            .build();

    /** An API server that is well once. */
    private static void withApi(BiConsumer<Reports, List<String>> course) throws IOException {
        List<String> requests = Collections.synchronizedList(new ArrayList<>());
        HttpServer api = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        api.createContext("/", request -> {
            requests.add(request.getRequestURI().toString());
            boolean unwell = requests.size() > 1;
            byte[] answer = "matriarch {\"step\":\"waiting\"}\n".getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(unwell ? 500 : 200, answer.length);
            request.getResponseBody().write(answer);
            request.close();
        });
        api.start();
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + api.getAddress().getPort())
                        .build())
                .build()) {
            course.accept(new Reports(client), requests);
        } finally {
            api.stop(0);
        }
    }
}
