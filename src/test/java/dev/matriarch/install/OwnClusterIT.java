package dev.matriarch.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Command;
import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Script;
import dev.matriarch.e2e.support.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The two commands of the README with KUBECONFIG of a Kubernetes that the user already has. It is one of local-kubernetes again, of which neither of them knows: its kubeconfig
 * lies elsewhere. It takes about two minutes.
 */
@Exhaustive
@OnLocalCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OwnClusterIT {

    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final String CLUSTER = "somebodys";
    private static final Path KUBECONFIG =
            Path.of("target/somebodys.kubeconfig").toAbsolutePath();

    /** Of the repository: these tests themselves use what is packaged here. */
    private static final Path COPY = Path.of("target/own-cluster");

    @BeforeAll
    static void begin() throws IOException, InterruptedException {
        assertThat(Script.run(
                        Path.of("target/own-cluster-copy.log"),
                        LIMIT,
                        "sh",
                        "-c",
                        "rm -rf \"$1\" && mkdir \"$1\" && tar -c --exclude=./target . | tar -x -C \"$1\"",
                        "copy",
                        COPY.toString()))
                .isZero();
        assertThat(cluster("up")).isZero();
        String kept = Command.run(List.of(TestCluster.property("cluster"), "--name", CLUSTER, "kubeconfig"))
                .orThrow()
                .out()
                .strip();
        Files.writeString(KUBECONFIG, Files.readString(Path.of(kept)));
    }

    @AfterAll
    static void end() throws IOException, InterruptedException {
        Files.deleteIfExists(KUBECONFIG);
        assertThat(cluster("down", "--wipe")).isZero();
    }

    @Test
    @Order(1)
    void theQuickstartDoesNotTakeItAway() throws IOException, InterruptedException {
        assertThat(inCopy("down", "./quickstart", "--down")).isNotZero();

        assertThat(log("down")).content().contains("KUBECONFIG names another one", "Nothing was done");
        assertThat(kubectl("get", "nodes", "-o", "name").lines()).hasSize(3);
    }

    @Test
    @Order(2)
    void theQuickstartSaysHowAnOperatorComesThere() throws IOException, InterruptedException {
        assertThat(inCopy("quickstart", "./quickstart")).isNotZero();

        assertThat(log("quickstart"))
                .content()
                .contains(
                        "Using the Kubernetes of KUBECONFIG", "the operator is not installed there", "quarkus-run.jar");
    }

    @Test
    @Order(3)
    void theTestsUseItAndSayWhatTheyLeaveOut() throws IOException, InterruptedException {
        assertThat(inCopy(
                        "verify",
                        "./mvnw",
                        "-B",
                        "-ntp",
                        "verify",
                        "-Dtest=NoSuch",
                        "-Dsurefire.failIfNoSpecifiedTests=false",
                        "-Dit.test=SecretsIT,OperatorIT"))
                .as("exit status; see %s", log("verify"))
                .isZero();

        assertThat(log("verify"))
                .content()
                .containsPattern("The tests use the cluster of KUBECONFIG: context \\S+, server https://")
                .contains("They make and delete namespaces matriarch-test-...")
                .contains("Left out, because they switch machines off or need the operator's Deployment")
                .contains("\n  ChaosIT\n", "\n  OperatorIT\n", "\n  TroublesIT.anImageThatIsNoPostgresqlIsToldOnce\n")
                .containsPattern("Tests run: [1-9][0-9]*, Failures: 0, Errors: 0, Skipped: 0,.* in .*SecretsIT")
                .containsPattern("Tests run: ([1-9]), Failures: 0, Errors: 0, Skipped: \\1,.* in .*OperatorIT");
        assertThat(COPY.resolve("target/cluster.properties"))
                .content()
                .contains("mode=process\n")
                .doesNotContain("local=");
        assertThat(COPY.resolve("target/operator.log")).content().contains("matriarch-test-secrets");
        assertThat(COPY.resolve("target/kubeconfig")).as("keys of the user").doesNotExist();
        assertThat(COPY.resolve("target/operator.pid")).doesNotExist();
        assertThat(kubectl("get", "crd", "-o", "name")).contains("pgclusters.postgres.matriarch.dev");
        assertThat(kubectl("get", "deployments", "-A", "-o", "name")).doesNotContain("matriarch");
    }

    @Test
    @Order(4)
    void theTestsDoNotBeginWhereThereArePgClusters() throws IOException, InterruptedException {
        kubectl("apply", "-f", "examples/minimal.yaml");

        assertThat(inCopy("start", "src/test/cluster/start")).isNotZero();

        assertThat(log("start"))
                .content()
                .contains("the integration tests cannot begin: there are PgClusters in the cluster of KUBECONFIG");
        assertThat(COPY.resolve("target/cluster.properties")).doesNotExist();
    }

    private static int cluster(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("--name", CLUSTER));
        command.addAll(List.of(arguments));
        return Script.run(
                log("cluster-" + arguments[0]), LIMIT, TestCluster.property("cluster"), command.toArray(String[]::new));
    }

    /** As a person would whose cluster it is; the images are those that its nodes have. */
    private static int inCopy(String run, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "-C",
                COPY.toString(),
                "KUBECONFIG=" + KUBECONFIG,
                "MATRIARCH_POSTGRESQL_IMAGES_17=" + TestCluster.postgres(17),
                "TEST_BUSYBOX=" + TestCluster.property("image.busybox")));
        command.addAll(List.of(arguments));
        return Script.run(log(run), LIMIT, "env", command.toArray(String[]::new));
    }

    private static Path log(String run) {
        return Path.of("target/own-cluster-" + run + ".log");
    }

    private static String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(TestCluster.property("kubectl")));
        command.addAll(List.of(arguments));
        return Command.run(command, "", Map.of("KUBECONFIG", KUBECONFIG.toString()))
                .orThrow()
                .out();
    }
}
