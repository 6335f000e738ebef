package dev.matriarch.chaos;

import dev.matriarch.chaos.client.LoadClient;
import dev.matriarch.e2e.support.Command;
import dev.matriarch.e2e.support.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The image of the load client: its classes and PostgreSQL's driver over the Java image that the operator stands on. */
final class ClientImage {

    static final String NAME = "matriarch/load-client:test";

    private ClientImage() {}

    /** Makes it of what is compiled now, and loads it into the nodes. */
    static void load() {
        try {
            Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target", "chaos")), "image");
            Path classes = Files.createDirectories(
                    directory.resolve(LoadClient.class.getPackageName().replace('.', '/')));
            Path compiled = place(LoadClient.class)
                    .resolve(LoadClient.class.getPackageName().replace('.', '/'));
            try (Stream<Path> files = Files.list(compiled)) {
                for (Path each : (Iterable<Path>) files::iterator) {
                    Files.copy(each, classes.resolve(each.getFileName()));
                }
            }
            Files.copy(
                    place(org.postgresql.Driver.class),
                    directory.resolve("postgresql.jar"),
                    StandardCopyOption.REPLACE_EXISTING);
            Command.run(List.of(
                            TestCluster.property("cluster"),
                            "--name",
                            TestCluster.property("local"),
                            "image",
                            NAME,
                            directory.toString()))
                    .orThrow();
            try (Stream<Path> all = Files.walk(directory)) {
                all.sorted((one, other) -> other.compareTo(one))
                        .forEach(each -> each.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
