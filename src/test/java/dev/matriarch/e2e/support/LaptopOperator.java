package dev.matriarch.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The operator as {@code java -jar} and a kubeconfig, for one namespace; it asks for no Lease. */
public final class LaptopOperator implements AutoCloseable {

    private final Process process;
    private final Path log;

    private LaptopOperator(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param reach how it is to reach the Pods, {@code direct} or {@code port-forward}
     */
    public static LaptopOperator start(TestNamespace namespace, String reach) {
        Path log = Path.of("target", "e2e", namespace.name() + "-operator.log");
        try {
            Files.createDirectories(log.getParent());
            ProcessBuilder java = new ProcessBuilder(
                            "java", "-XX:TieredStopAtLevel=1", "-jar", TestCluster.property("app") + "/quarkus-run.jar")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            java.environment().put("KUBECONFIG", TestCluster.property("kubeconfig"));
            java.environment().put("QUARKUS_HTTP_PORT", "0");
            java.environment().put("QUARKUS_OPERATOR_SDK_CONTROLLERS_PGCLUSTER_NAMESPACES", namespace.name());
            java.environment().put("MATRIARCH_REACH", reach);
            java.environment().put("MATRIARCH_POSTGRESQL_IMAGES_17", TestCluster.postgres(17));
            return new LaptopOperator(java.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All that it has said so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
