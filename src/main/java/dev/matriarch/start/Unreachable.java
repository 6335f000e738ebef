package dev.matriarch.start;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Objects;
import java.util.stream.Stream;

/** The API server did not answer what it was asked. */
final class Unreachable {

    private Unreachable() {}

    static Refusal because(KubernetesClientException failure, Config config) {
        String server = config.getMasterUrl();
        // No answer at all has no code.
        int code = failure.getCode() >= 500 || failure.getCode() < 0 ? 0 : failure.getCode();
        if (code == 403 && failure.getMessage().contains("\"system:anonymous\"")) {
            code = 401; // an API server that takes everybody in knows nobody
        }
        if (code == 0 && isUntrusted(failure)) {
            return new Refusal(
                    "the API server " + server + " is not the one that the kubeconfig trusts: " + reason(failure),
                    "Correct certificate-authority or certificate-authority-data there, or log in again.");
        }
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
                                + firstLine(said(failure)),
                        "Let a user of the ClusterRole system:discovery start it.");
        };
    }

    /** No client can be made of what the kubeconfig says: certificates and keys that are missing, or are none. */
    static Refusal unusable(KubernetesClientException failure) {
        Throwable root = root(failure);
        return new Refusal(
                "the certificates or the key of the kubeconfig cannot be used: "
                        + (root instanceof NoSuchFileException || root instanceof FileNotFoundException
                                ? "there is no "
                                : "")
                        + reason(failure),
                "Correct that, or name another with --kubeconfig or --context.");
    }

    /** The API server's own words, without the client's around them. */
    private static String said(KubernetesClientException failure) {
        Status status = failure.getStatus();
        return status == null || status.getMessage() == null ? failure.getMessage() : status.getMessage();
    }

    /** Whether its certificate was not signed by whom the kubeconfig names, or is another server's. */
    private static boolean isUntrusted(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(each -> each instanceof CertificateException || each instanceof CertPathBuilderException);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String reason(Throwable failure) {
        Throwable root = root(failure);
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : firstLine(message);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
