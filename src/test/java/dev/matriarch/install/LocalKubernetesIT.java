package dev.matriarch.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Exhaustive;
import dev.matriarch.e2e.support.OnLocalCluster;
import dev.matriarch.e2e.support.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What local-kubernetes promises, tried by its own test with clusters of its own. It takes about five minutes. */
@Exhaustive
@OnLocalCluster
class LocalKubernetesIT {

    /** Of its time limits, because the cluster of all other tests runs beside it. */
    private static final String PATIENCE = "PATIENCE=3";

    private static final Duration LIMIT = Duration.ofMinutes(40);

    @Test
    void itKeepsWhatItPromises() throws IOException, InterruptedException {
        Path log = Path.of("target/local-kubernetes-test.log");

        assertThat(Script.run(log, LIMIT, "env", PATIENCE, "local-kubernetes/test"))
                .as("exit status; see %s", log)
                .isZero();

        assertThat(log).content().endsWith(" ok: all tests\n");
    }
}
