package dev.matriarch.e2e.support;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The Kubernetes with the operator in it that {@code src/test/cluster/start} has prepared. */
public final class TestCluster {

    private static final Properties PROPERTIES = load();
    /** Half of the default: a request on a connection at whose other end nobody is any more is given up after it. */
    private static final int REQUEST_MILLIS = 5_000;

    private static final KubernetesClient CLIENT =
            new KubernetesClientBuilder().withConfig(config()).build();

    private TestCluster() {}

    private static Config config() {
        Config config = Config.fromKubeconfig(Path.of(property("kubeconfig")).toFile());
        config.setRequestTimeout(REQUEST_MILLIS);
        return config;
    }

    /** A client with the rights of an administrator. */
    public static KubernetesClient client() {
        return CLIENT;
    }

    /** Whether KUBECONFIG named it. The operator then runs on this machine, and nothing can be done to the cluster's machines. */
    public static boolean isUsersOwn() {
        return "process".equals(PROPERTIES.getProperty("mode"));
    }

    /** Whether it is used when the tests have ended. */
    static boolean isKept() {
        return Boolean.parseBoolean(PROPERTIES.getProperty("keep"));
    }

    /** A property that the start script has written. */
    public static String property(String name) {
        String value = PROPERTIES.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("The cluster that the tests were given has no " + name
                    + (isUsersOwn()
                            ? ": it was not made by local-kubernetes. Such a test needs @OnLocalCluster."
                            : "."));
        }
        return value;
    }

    /** The command that starts the operator as it was packaged: the native binary, or the JVM with its jar. */
    public static List<String> operator() {
        String packaged = property("operator");
        if (!packaged.endsWith(".jar")) {
            return List.of(packaged);
        }
        String archived = PROPERTIES.getProperty("archived");
        List<String> java = List.of("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        List<String> command = new ArrayList<>();
        if (archived == null) {
            command.addAll(java);
            command.addAll(List.of("-jar", packaged));
        } else { // a JVM takes the archive of its classes only in the directory where that was made
            command.addAll(List.of("env", "--chdir", archived));
            command.addAll(java);
            command.addAll(List.of("-XX:SharedArchiveFile=matriarch.jsa", "-jar", "quarkus-run.jar"));
        }
        return command;
    }

    /** The image of a major version of PostgreSQL that the nodes have. */
    public static String postgres(int major) {
        return property("image." + major);
    }

    /** The exact version of it. */
    public static String postgresVersion(int major) {
        return postgres(major).replaceFirst(".*:", "");
    }

    /** Does something to a machine of the cluster, such as {@code fault("n2", "stop")}; see local-kubernetes/README.md. */
    public static void fault(String machine, String... fault) {
        List<String> command =
                new ArrayList<>(List.of(property("cluster"), "--name", property("local"), "fault", machine));
        command.addAll(List.of(fault));
        Command.run(command).orThrow();
    }

    private static Properties load() {
        Path file = Path.of(System.getProperty("matriarch.test.properties", "target/cluster.properties"));
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "No " + file
                            + ". Run the integration tests by ./mvnw verify, or src/test/cluster/start before them.",
                    e);
        }
    }
}
