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

    private HbaConf() {}

    /** What admits clients. */
    static String open(List<String> lines) {
        return OWN
                + """
                # A person in the Pod, as the user postgres.
                local   all          postgres                         peer
                local   all          all                              scram-sha-256
                # spec.postgresql.hba, or the default.
                """
                + String.join("\n", lines.isEmpty() ? List.of("host all all all scram-sha-256") : lines)
                + "\n";
    }

    /** What admits nobody but the operator and the standbys: behind it an instance finds out whether it may be seen. */
    static String closed() {
        return OWN;
    }
}
