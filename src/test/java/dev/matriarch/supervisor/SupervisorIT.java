package dev.matriarch.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The supervisor's own tests, which are shell like itself: real PostgreSQL, signals, crashes between any two steps. They need no Kubernetes. */
@Execution(ExecutionMode.CONCURRENT)
class SupervisorIT {

    private static final int MINUTES = 20;

    @Test
    void everyTestOfTheSupervisorPasses() throws IOException, InterruptedException {
        assertThat(run("src/test/shell/prepare", Path.of("target/supervisor-prepare.log")))
                .as("what the tests need is there; see target/supervisor-prepare.log")
                .isZero();
        Path log = Path.of("target/supervisor-test.log");
        int status = run("src/test/shell/supervisor-test.sh", log);
        List<String> lines = Files.readAllLines(log);
        assertThat(lines.stream().filter(line -> line.startsWith("FAILED")).toList())
                .as("failed tests; see %s", log)
                .isEmpty();
        assertThat(lines).last().asString().matches("[1-9][0-9]* passed, 0 failed");
        assertThat(status).isZero();
    }

    private static int run(String script, Path log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(script)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES))
                .as("%s ends", script)
                .isTrue();
        return process.exitValue();
    }
}
