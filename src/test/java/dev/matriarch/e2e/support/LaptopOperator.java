package dev.matriarch.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The operator as it was packaged, JVM or native, with a kubeconfig, for one namespace; it asks for no Lease. */
public final class LaptopOperator implements AutoCloseable {

    /** On a machine that has other things to do the API server may not answer in time; a person would type the command again. */
    private static final int ATTEMPTS = 3;

    private final Process process;
    private final Process hand;
    private final Path log;

    /** @param hand a shell beside it that sends signals: to start a program for that takes longer than some phases of a switchover last */
    private LaptopOperator(Process process, Process hand, Path log) {
        this.process = process;
        this.hand = hand;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param reach how it is to reach the Pods, {@code direct} or {@code port-forward}
     */
    public static LaptopOperator start(TestNamespace namespace, String reach) {
        return start(namespace, Path.of(TestCluster.property("kubeconfig")), Map.of("MATRIARCH_REACH", reach));
    }

    /**
     * Starts it.
     *
     * @param kubeconfig what it uses
     * @param environment what else is set
     */
    public static LaptopOperator start(TestNamespace namespace, Path kubeconfig, Map<String, String> environment) {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            LaptopOperator operator = launch(namespace, kubeconfig, environment);
            if (operator.begins()) {
                return operator;
            }
            operator.close();
        }
        return launch(namespace, kubeconfig, environment);
    }

    private static LaptopOperator launch(TestNamespace namespace, Path kubeconfig, Map<String, String> environment) {
        Path log = Path.of("target", "e2e", namespace.name() + "-operator.log");
        try {
            Files.createDirectories(log.getParent());
            List<String> command = new ArrayList<>();
            command.addAll(
                    List.of("env", "--default-signal=INT")); // which a build in the background has set to be ignored
            command.addAll(TestCluster.operator());
            command.addAll(List.of("--namespaces", namespace.name(), "--port", "0"));
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
            builder.environment().putAll(environment);
            builder.environment().put("MATRIARCH_POSTGRESQL_IMAGES_17", TestCluster.postgres(17));
            Process process = builder.start();
            Process hand = new ProcessBuilder(
                            "sh",
                            "-c",
                            "while read -r signal; do kill -s \"$signal\" \"$1\"; echo \"$?\"; done",
                            "hand",
                            String.valueOf(process.pid()))
                    .start();
            return new LaptopOperator(process, hand, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has started; false when it has ended because the API server did not answer. */
    private boolean begins() {
        Waiting.await("the operator has started, or ended").until(() -> !isAlive() || log().contains(" Listening on:"));
        return isAlive() || !log().contains(" does not answer: ");
    }

    /** Reconciles that succeeded so far. */
    public long reconciles() {
        String port = log().replaceFirst("(?s).* Listening on: \\S*:(\\d+).*", "$1");
        return Operator.reconciles(Operator.get("127.0.0.1:" + port, "/q/metrics"));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** It dies at once, without a word. */
    public void kill() {
        process.destroyForcibly();
        hand.destroy();
    }

    /** From now on it does nothing, until {@link #thaw}; what it has sent arrives. */
    public void freeze() {
        signal("STOP");
    }

    /** It goes on, and knows nothing of the time between. */
    public void thaw() {
        signal("CONT");
    }

    private synchronized void signal(String name) {
        try {
            hand.getOutputStream().write((name + "\n").getBytes(StandardCharsets.US_ASCII));
            hand.getOutputStream().flush();
            int status = hand.getInputStream().read();
            if (status != '0' || hand.getInputStream().read() != '\n') {
                throw new AssertionError("it could not be sent the signal " + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What Ctrl-C does.
     *
     * @return how long it took to end
     */
    public Duration interrupt() throws InterruptedException {
        long began = System.nanoTime();
        Command.run(List.of("kill", "-INT", String.valueOf(process.pid()))).orThrow();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("it did not end");
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Its exit status; it must have ended. */
    public int exitStatus() {
        return process.exitValue();
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
        if (process.isAlive()) {
            thaw();
        }
        hand.destroy();
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
