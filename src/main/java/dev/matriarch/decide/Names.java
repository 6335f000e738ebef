package dev.matriarch.decide;

/** How instances are called in PostgreSQL. */
public final class Names {

    private Names() {}

    /**
     * The {@code application_name} of a standby: it carries the epoch, so that a standby counts only for the primary of its own epoch.
     *
     * @param instance such as {@code orders-1}
     * @param epoch the epoch it follows in
     */
    public static String standby(String instance, long epoch) {
        return instance + "/e" + epoch;
    }

    /** The instance of a standby's name; the name itself when it carries no epoch. */
    public static String instanceOf(String standby) {
        int slash = standby.indexOf('/');
        return slash < 0 ? standby : standby.substring(0, slash);
    }

    /** The replication slot of an instance; slot names have no {@code -}. */
    public static String slot(String instance) {
        return instance.replace('-', '_');
    }

    /** The ordinal of an instance of the StatefulSet: what follows the last {@code -}. */
    public static int ordinal(String instance) {
        return Integer.parseInt(instance, instance.lastIndexOf('-') + 1, instance.length(), 10);
    }

    /** The instance with an ordinal. */
    public static String instance(String cluster, int ordinal) {
        return cluster + "-" + ordinal;
    }
}
