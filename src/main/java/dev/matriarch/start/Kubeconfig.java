package dev.matriarch.start;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
     * @throws Refusal if no file is there, or one cannot be read, or it has not the context
     */
    static void check(Map<String, String> configuration, Map<String, String> environment, Path home) {
        String named = configuration.getOrDefault(PROPERTY, environment.getOrDefault("KUBECONFIG", ""));
        List<Path> files = named.isBlank()
                ? List.of(home.resolve(".kube").resolve("config"))
                : Arrays.stream(named.split(java.io.File.pathSeparator))
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
        String context = configuration.get(CONTEXT_PROPERTY);
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
