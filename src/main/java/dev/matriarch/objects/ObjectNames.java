package dev.matriarch.objects;

/** Names of the objects of a cluster. */
public final class ObjectNames {

    private ObjectNames() {}

    /** Headless Service with one DNS name per instance. */
    public static String pods(String cluster) {
        return cluster + "-pods";
    }

    /** Service for writes, and its EndpointSlice. */
    public static String primary(String cluster) {
        return cluster + "-primary";
    }

    /** Service for reads. */
    public static String replicas(String cluster) {
        return cluster + "-replicas";
    }

    /** Secret of the role {@code postgres}. */
    public static String superuser(String cluster) {
        return cluster + "-superuser";
    }

    /** Secret of the application. */
    public static String app(String cluster) {
        return cluster + "-app";
    }

    /** Secret of the operator's own roles. */
    public static String internal(String cluster) {
        return cluster + "-internal";
    }

    /** ConfigMap of supervisor and configuration. */
    public static String config(String cluster) {
        return cluster + "-config";
    }

    /** ConfigMap of the marks, when all instances share a claim. */
    public static String marks(String cluster) {
        return cluster + "-marks";
    }

    /** The volume claim of an instance. */
    public static String claim(String instance) {
        return "data-" + instance;
    }
}
