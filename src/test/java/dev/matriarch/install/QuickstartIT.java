package dev.matriarch.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The first command of the README, with a cluster of a name of its own. It takes about two minutes. */
@Exhaustive
@OnLocalCluster
class QuickstartIT {

    private static final Duration LIMIT = Duration.ofMinutes(15);

    /** Of the repository: it packages the operator, and the other tests use what is packaged here. */
    private static final Path COPY = Path.of("target/quickstart");

    @BeforeAll
    static void copy() throws IOException, InterruptedException {
        assertThat(Script.run(
                        Path.of("target/quickstart-copy.log"),
                        LIMIT,
                        "sh",
                        "-c",
                        "rm -rf \"$1\" && mkdir \"$1\" && tar -c --exclude=./target . | tar -x -C \"$1\"",
                        "copy",
                        COPY.toString()))
                .isZero();
    }

    @Test
    void itMakesAClusterWithARowInItAndAgainAndTakesItAway() throws IOException, InterruptedException {
        try {
            Path first = quickstart("first");
            assertThat(first)
                    .content()
                    .contains("pgcluster.postgres.matriarch.dev/orders condition met")
                    .containsPattern("orders +17\\.[0-9]+ +3 +3 +orders-[0-9] +Running")
                    .contains("export KUBECONFIG=")
                    .contains("kubectl scale pgcluster/orders --replicas=5");
            assertThat(rows(first))
                    .as("a row as it was written, and as it was read")
                    .hasSize(2);

            assertThat(rows(quickstart("again"))).hasSize(2).doesNotContainAnyElementsOf(rows(first));
        } finally {
            quickstart("down", "--down");
        }
    }

    /** The words of the row, wherever they are shown. */
    private static List<String> rows(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.matches(".*\\| from orders-[0-9], [0-9.]+ *"))
                .toList();
    }

    private static Path quickstart(String run, String... arguments) throws IOException, InterruptedException {
        Path log = Path.of("target/quickstart-" + run + ".log");
        List<String> command = new ArrayList<>(List.of(
                "-u",
                "KUBECONFIG",
                "QUICKSTART_CLUSTER=quickstart-test",
                COPY.resolve("quickstart").toString()));
        command.addAll(List.of(arguments));
        assertThat(Script.run(log, LIMIT, "env", command.toArray(String[]::new)))
                .as("exit status; see %s", log)
                .isZero();
        return log;
    }
}
