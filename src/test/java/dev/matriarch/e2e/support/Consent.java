package dev.matriarch.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A person's consent to a failover, which is an annotation of the PgCluster. */
public final class Consent {

    private static final Pattern ANNOTATION = Pattern.compile("(postgres\\.matriarch\\.dev/failover)='([^']*)'");

    private Consent() {}

    /** Gives it, with these words. */
    public static void give(Cluster cluster, String words) {
        cluster.kubectl()
                .does(
                        "annotate",
                        "pgcluster/" + cluster.name(),
                        "--overwrite",
                        "postgres.matriarch.dev/failover=" + words);
    }

    /** What the condition says that a person is to type. */
    public static String askedFor(Cluster cluster) {
        Matcher annotation = ANNOTATION.matcher(cluster.condition("Ready").message());
        assertThat(annotation.find())
                .as("a command in %s", cluster.condition("Ready").message())
                .isTrue();
        return annotation.group(2);
    }
}
