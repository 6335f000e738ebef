package dev.matriarch.e2e.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs that are run as a person would. */
public final class Command {

    private static final int LIMIT_MINUTES = 5;

    private Command() {}

    /** What came of one: standard output, standard error and exit status. */
    public record Result(List<String> command, int status, String out, String err) {

        /** Fails unless the program succeeded. */
        public Result orThrow() {
            if (status != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + status + ": " + err + out);
            }
            return this;
        }

        /** Standard output, line by line. */
        public List<String> lines() {
            return out.lines().toList();
        }
    }

    /** Runs a program. */
    public static Result run(List<String> command) {
        return run(command, "", Map.of());
    }

    /** Runs a program with this on its standard input and these environment variables. */
    public static Result run(List<String> command, String input, Map<String, String> environment) {
        try {
            File in = temporary(input);
            File out = temporary("");
            File err = temporary("");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(in)
                    .redirectOutput(out)
                    .redirectError(err);
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end in " + LIMIT_MINUTES + " minutes");
            }
            Result result = new Result(
                    command, process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
            for (File each : List.of(in, out, err)) {
                Files.delete(each.toPath());
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static File temporary(String content) throws IOException {
        File file = File.createTempFile("matriarch", ".txt");
        Files.writeString(file.toPath(), content, StandardCharsets.UTF_8);
        return file;
    }
}
