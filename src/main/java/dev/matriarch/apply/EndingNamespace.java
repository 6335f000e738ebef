package dev.matriarch.apply;

import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** The API server makes nothing any more in a namespace that is being deleted; what is in it goes by itself. */
public final class EndingNamespace {

    private static final int FORBIDDEN = 403;
    private static final String CAUSE = "NamespaceTerminating";

    private EndingNamespace() {}

    /** Whether that is why something was refused. */
    public static boolean isReasonOf(KubernetesClientException refusal) {
        StatusDetails details =
                refusal.getStatus() == null ? null : refusal.getStatus().getDetails();
        return refusal.getCode() == FORBIDDEN
                && details != null
                && details.getCauses().stream().anyMatch(each -> CAUSE.equals(each.getReason()));
    }
}
