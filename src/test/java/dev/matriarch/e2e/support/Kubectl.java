package dev.matriarch.e2e.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What users type. */
public final class Kubectl {

    private final String namespace;

    Kubectl(String namespace) {
        this.namespace = namespace;
    }

    /** {@code kubectl} with these words. */
    public Command.Result tries(String... words) {
        return run("", words);
    }

    /** {@code kubectl} with these words, which must succeed; its output without the last line's end. */
    public String does(String... words) {
        return run("", words).orThrow().out().stripTrailing();
    }

    /** {@code kubectl apply -f -}. */
    public Command.Result apply(String yaml, String... options) {
        List<String> words = new ArrayList<>(List.of("apply", "-f", "-"));
        words.addAll(List.of(options));
        return run(yaml, words.toArray(String[]::new));
    }

    /** {@code kubectl exec} of a shell command in a container of a Pod. */
    public Command.Result shell(String pod, String container, String command) {
        return tries("exec", pod, "-c", container, "--", "sh", "-c", command);
    }

    private Command.Result run(String input, String... words) {
        List<String> command = new ArrayList<>(List.of(
                TestCluster.property("kubectl"), "--kubeconfig", TestCluster.property("kubeconfig"), "-n", namespace));
        command.addAll(List.of(words));
        return Command.run(command, input, Map.of("GOGC", "off")); // it ends before it would have to collect anything
    }
}
