package dev.matriarch.start;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** The API server did not answer what it was asked. */
final class Unreachable {

    private Unreachable() {}

    static Refusal because(KubernetesClientException failure, Config config) {
        String server = config.getMasterUrl();
        // No answer at all has no code.
        int code = failure.getCode() >= 500 || failure.getCode() < 0 ? 0 : failure.getCode();
        return switch (code) {
            case 0 ->
                new Refusal(
                        "the API server " + server + " does not answer: " + reason(failure),
                        "Start that cluster, or name another with --kubeconfig or --context.");
            case 401 ->
                new Refusal(
                        "the API server " + server + " does not know this user",
                        "The credentials of the kubeconfig are wrong or have ended: log in again.");
            default ->
                new Refusal(
                        "the API server " + server + " refuses what is asked before the start: "
                                + firstLine(failure.getMessage()),
                        "Let a user of the ClusterRole system:discovery start it.");
        };
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : firstLine(message);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
