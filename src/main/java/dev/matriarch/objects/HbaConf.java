package dev.matriarch.objects;

import java.util.List;

/** {@code pg_hba.conf}, open and closed. */
public final class HbaConf {

    private static final String OWN = """
            # The operator, the supervisor (by passfile over the socket) and the standbys come first.
            local   all          matriarch                        scram-sha-256
            host    all          matriarch              all       scram-sha-256
            host    replication  matriarch_replication  all       scram-sha-256
            host    all          matriarch_replication  all       reject
            """;

    private static final String BEFORE = OWN + """
            # A person in the Pod, as the user postgres.
            local   all          postgres                         peer
            # spec.postgresql.hba, or the default.
            """;

    private static final String AFTER = """

            # Behind the user's lines, so that a local one among them has a meaning.
            local   all          all                              scram-sha-256
            """;

    /** Lines that admit no client: for a new cluster, of whose own lines some are refused. */
    public static final List<String> NOBODY = List.of("host all all all reject", "local all all reject");

    private HbaConf() {}

    /** What admits clients. */
    static String open(List<String> lines) {
        return BEFORE + String.join("\n", lines.isEmpty() ? List.of("host all all all scram-sha-256") : lines) + AFTER;
    }

    /** The place in {@code spec.postgresql.hba} of a line of the file, which PostgreSQL counts from 1; below zero: a line of the operator. */
    public static int placeOf(int lineNumber) {
        return lineNumber - 1 - (int) BEFORE.lines().count();
    }

    /** What admits nobody but the operator and the standbys: behind it an instance finds out whether it may be seen. */
    static String closed() {
        return OWN;
    }
}
