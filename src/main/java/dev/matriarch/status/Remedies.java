package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Consent;
import dev.matriarch.decide.Consenting;
import dev.matriarch.decide.Waiting;
import dev.matriarch.objects.Labels;
import java.util.Optional;

/** What a person can type so that a failover goes on, and what was typed. */
public final class Remedies {

    private Remedies() {}

    /** What is asked for by annotation; empty: nothing. */
    public static Optional<String> asked(PgCluster cluster) {
        return Optional.ofNullable(cluster.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Labels.FAILOVER));
    }

    /** The same with the command that ends it, or that shows what it is about, if there is one. */
    public static Waiting told(PgCluster cluster, Waiting waiting) {
        if (waiting.reason() == Waiting.Reason.VolumeRefused) {
            return new Waiting(
                    waiting.reason(),
                    waiting.message() + " What outlives the PgCluster: kubectl -n "
                            + cluster.getMetadata().getNamespace() + " get pvc,secret,configmap -l " + Labels.CLUSTER
                            + "=" + cluster.getMetadata().getName());
        }
        return waiting.remedy()
                .map(consent -> new Waiting(waiting.reason(), waiting.message() + " " + sentence(cluster, consent)))
                .orElse(waiting);
    }

    /** Why what was asked for has no effect, and what to type instead. */
    public static Problem refused(PgCluster cluster, Consenting.Refusal refusal) {
        return new Problem(
                "Annotation " + Labels.FAILOVER,
                refusal.why() + " It has no effect. "
                        + refusal.right()
                                .map(consent -> sentence(cluster, consent))
                                .orElse(annotate(cluster, Labels.FAILOVER + "-") + " takes it away."));
    }

    private static String sentence(PgCluster cluster, Consent consent) {
        return annotate(cluster, "--overwrite " + Labels.FAILOVER + "='" + consent + "'")
                + consent.kept()
                        .map(kept -> " goes on with " + kept.instance() + " and loses what it does not have.")
                        .orElse(" goes on at once and loses nothing.");
    }

    private static String annotate(PgCluster cluster, String what) {
        return "kubectl -n " + cluster.getMetadata().getNamespace() + " annotate pgcluster/"
                + cluster.getMetadata().getName() + " " + what;
    }
}
