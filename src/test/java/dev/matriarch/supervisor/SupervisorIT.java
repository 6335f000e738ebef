package dev.matriarch.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The supervisor's own tests, which are shell like itself: real PostgreSQL, signals, crashes. They need no Kubernetes. */
@Execution(ExecutionMode.CONCURRENT)
class SupervisorIT {

    private static final Duration LIMIT = Duration.ofMinutes(20);

    @BeforeAll
    static void prepare() throws IOException, InterruptedException {
        assertThat(Script.run(Path.of("target/supervisor-prepare.log"), LIMIT, "src/test/shell/prepare"))
                .as("what the tests need is there; see target/supervisor-prepare.log")
                .isZero();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD) // as the other one: they use the same ports
    void everyTestOfTheSupervisorPasses() throws IOException, InterruptedException {
        allPass(Path.of("target/supervisor-test.log"));
    }

    /** Crashes between any two steps of what the plain run shows, and most of it under the other shell. */
    @Exhaustive
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void soDoThoseThatThePlainRunLeavesOut() throws IOException, InterruptedException {
        allPass(Path.of("target/supervisor-test-left-out.log"), "--left-out");
    }

    private static void allPass(Path log, String... arguments) throws IOException, InterruptedException {
        int status = Script.run(log, LIMIT, "src/test/shell/supervisor-test.sh", arguments);
        List<String> lines = Files.readAllLines(log);
        assertThat(failures(lines)).as("failed tests; see %s", log).isEmpty();
        assertThat(lines).last().asString().matches("[1-9][0-9]* passed, 0 failed");
        assertThat(status).isZero();
    }

    /** Each with what it said: where only this is shown, as on a CI's page, nothing else tells why. */
    private static List<String> failures(List<String> lines) {
        List<String> failures = new ArrayList<>();
        boolean failed = false;
        for (String line : lines) {
            failed = line.startsWith("FAILED") || failed && line.startsWith("    ");
            if (failed) {
                failures.add(line);
            }
        }
        return failures;
    }
}
