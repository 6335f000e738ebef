package dev.matriarch.e2e.support;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tests that are shell scripts of this repository. */
public final class Script {

    private Script() {}

    /**
     * Runs one from the repository's root, with nothing on its standard input. One that does not end in time is told to, so that it
     * clears up.
     *
     * @param log gets all that it says; should it fail, that is where to look
     * @param limit a machine that has other things to do included
     * @return its exit status
     * @throws AssertionError when it did not end within the limit
     */
    public static int run(Path log, Duration limit, String script, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.destroy();
            throw new AssertionError(
                    String.join(" ", command) + " did not end in " + limit.toMinutes() + " minutes; see " + log);
        }
        return process.exitValue();
    }
}
