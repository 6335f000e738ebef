package dev.matriarch.start;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks at the kubeconfig before the client does, which takes one that it cannot read for none, and then some cluster for the one that was meant. */
final class Kubeconfig {

    /** The client's own name for it. */
    static final String PROPERTY = "kubeconfig";

    static final String CONTEXT_PROPERTY = "matriarch.context";

    private static final String WHICH = "Name another with --kubeconfig or KUBECONFIG";

    private Kubeconfig() {}

    /**
     * Sees to it that there is a cluster to talk to.
     *
     * @param configuration what the command line has set
     * @throws Refusal if no file is there, or one cannot be read, or it has not the context, or not what that one names
     */
    static void check(Map<String, String> configuration, Map<String, String> environment, Path home) {
        String named = configuration.getOrDefault(PROPERTY, environment.getOrDefault("KUBECONFIG", ""));
        List<Path> files = named.isBlank()
                ? List.of(home.resolve(".kube").resolve("config"))
                : Arrays.stream(named.split(File.pathSeparator))
                        .filter(each -> !each.isBlank())
                        .map(Path::of)
                        .toList();
        List<Path> present = files.stream().filter(Files::exists).toList();
        if (present.isEmpty()) {
            if (named.isBlank() && environment.containsKey("KUBERNETES_SERVICE_HOST")) {
                return; // in a Pod
            }
            throw new Refusal(
                    named.isBlank()
                            ? "there is no kubeconfig: neither --kubeconfig nor KUBECONFIG is given, and there is no "
                                    + files.get(0)
                            : "there is no kubeconfig " + named,
                    WHICH + ".");
        }
        List<Config> configs = present.stream().map(Kubeconfig::read).toList();
        String context = configuration.getOrDefault(CONTEXT_PROPERTY, environment.get("MATRIARCH_CONTEXT"));
        if (context == null) {
            context = configs.stream()
                    .map(Config::getCurrentContext)
                    .filter(each -> each != null && !each.isBlank())
                    .findFirst()
                    .orElseThrow(() -> new Refusal(
                            "the kubeconfig " + told(present) + " has no current context",
                            "Choose one with --context, or with: kubectl config use-context NAME"));
        }
        List<String> contexts = configs.stream()
                .flatMap(config -> config.getContexts().stream())
                .map(NamedContext::getName)
                .toList();
        if (!contexts.contains(context)) {
            throw new Refusal(
                    "the kubeconfig " + told(present) + " has no context \"" + context + "\"",
                    contexts.isEmpty() ? WHICH + "." : "It has: " + String.join(", ", new ArrayList<>(contexts)) + ".");
        }
        checkContext(context, configs, told(present), environment.getOrDefault("PATH", ""));
    }

    /** For a cluster that is missing the client would take the one that it runs in, and for a user that is missing nobody. */
    private static void checkContext(String name, List<Config> configs, String files, String path) {
        String told = "the context \"" + name + "\" of the kubeconfig " + files;
        String remedy = "Correct that, or choose another context with --context.";
        Context context = named(configs, Config::getContexts, NamedContext::getName, NamedContext::getContext, name)
                .orElseThrow(() -> new Refusal(told + " is empty", remedy));
        Cluster cluster = named(
                        configs,
                        Config::getClusters,
                        NamedCluster::getName,
                        NamedCluster::getCluster,
                        context.getCluster())
                .orElseThrow(() -> new Refusal(
                        told + " names the cluster \"" + context.getCluster() + "\", which is not there", remedy));
        if (!isAddress(cluster.getServer())) {
            throw new Refusal(
                    told + " names a cluster whose server is \"" + cluster.getServer() + "\", which is no address",
                    "One begins with https:// or http://. " + remedy);
        }
        if (context.getUser() == null || context.getUser().isBlank()) {
            return;
        }
        AuthInfo user = named(
                        configs, Config::getUsers, NamedAuthInfo::getName, NamedAuthInfo::getUser, context.getUser())
                .orElseThrow(() ->
                        new Refusal(told + " names the user \"" + context.getUser() + "\", who is not there", remedy));
        if (user.getExec() != null && !isProgram(user.getExec().getCommand(), path)) {
            throw new Refusal(
                    told + " names a user who logs in with the program \""
                            + user.getExec().getCommand() + "\", which is not there",
                    "Install it. " + remedy);
        }
    }

    /** As kubectl has it: of several that bear the name the first. */
    private static <E, T> Optional<T> named(
            List<Config> configs,
            Function<Config, List<E>> list,
            Function<E, String> name,
            Function<E, T> value,
            String wanted) {
        return configs.stream()
                .flatMap(config -> list.apply(config).stream())
                .filter(each -> wanted != null && wanted.equals(name.apply(each)))
                .findFirst()
                .map(value);
    }

    private static boolean isAddress(String server) {
        try {
            URI uri = new URI(server == null ? "" : server);
            return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** A path with a folder counts from the kubeconfig's, and is left to the client unless it is whole. */
    private static boolean isProgram(String command, String path) {
        if (command == null || command.isBlank()) {
            return false;
        }
        if (command.contains(File.separator)) {
            return !Path.of(command).isAbsolute() || Files.isExecutable(Path.of(command));
        }
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(command)));
    }

    private static Config read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new Refusal(
                    "the kubeconfig " + file + " cannot be read"
                            + (Files.isDirectory(file)
                                    ? ": it is a directory"
                                    : Files.isReadable(file) ? "" : ": permission denied"),
                    "Correct that. " + WHICH + ".");
        }
        try {
            Config config = Serialization.unmarshal(text, Config.class);
            if (config != null
                    && !(config.getContexts().isEmpty() && config.getClusters().isEmpty())) {
                return config;
            }
        } catch (RuntimeException e) {
            // What a parser says of a file may hold what is in it, and that is credentials.
        }
        throw new Refusal("the file " + file + " is not a kubeconfig", WHICH + ".");
    }

    private static String told(List<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(":"));
    }
}
