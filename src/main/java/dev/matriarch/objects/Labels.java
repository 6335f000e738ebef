package dev.matriarch.objects;

import dev.matriarch.api.PgCluster;
import java.util.Map;
import java.util.TreeMap;

/** Labels and annotations. */
public final class Labels {

    /** The cluster that an object belongs to. */
    public static final String CLUSTER = PgCluster.GROUP + "/cluster";

    /** The role of a Pod; a Pod without it is not routed to. */
    public static final String ROLE = PgCluster.GROUP + "/role";

    /** Who made an object. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** The value of {@link #MANAGED_BY}; also the field manager of server-side apply. */
    public static final String MATRIARCH = "matriarch";

    /** Annotation of a Pod: what its instance is told to do. */
    public static final String ASSIGNMENT = PgCluster.GROUP + "/assignment";

    /** Annotation of a Pod: the digest of the configuration that it is to have. */
    public static final String CONFIGURATION = PgCluster.GROUP + "/configuration";

    /** Annotation of a Pod: when its kubelet was last made to look at it again. */
    public static final String REMINDED = PgCluster.GROUP + "/reminded";

    /** Annotation of a volume claim: the protocol as mirrored beside the data. */
    public static final String MARK = PgCluster.GROUP + "/mark";

    /** Annotation of a PgCluster: what a person asks for while the primary is lost, in the words of {@code Consent}. */
    public static final String FAILOVER = PgCluster.GROUP + "/failover";

    /** Selector of all that the operator has made. */
    public static final String SELECTOR = MANAGED_BY + "=" + MATRIARCH;

    private Labels() {}

    /** Labels of what outlives a version: volume claims and marks. */
    public static Map<String, String> of(String cluster) {
        Map<String, String> labels = new TreeMap<>(selector(cluster));
        labels.put("app.kubernetes.io/name", "postgresql");
        labels.put("app.kubernetes.io/instance", cluster);
        labels.put("app.kubernetes.io/component", "database");
        labels.put(MANAGED_BY, MATRIARCH);
        return labels;
    }

    /** Labels of an object that has a version of PostgreSQL. */
    static Map<String, String> of(String cluster, int version) {
        Map<String, String> labels = of(cluster);
        labels.put("app.kubernetes.io/version", Integer.toString(version));
        return labels;
    }

    /** What selects the Pods of a cluster. */
    public static Map<String, String> selector(String cluster) {
        return Map.of(CLUSTER, cluster);
    }

    /** What selects the Pods of a cluster in a role. */
    static Map<String, String> selector(String cluster, String role) {
        return Map.of(CLUSTER, cluster, ROLE, role);
    }
}
