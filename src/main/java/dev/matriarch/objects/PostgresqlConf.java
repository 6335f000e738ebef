package dev.matriarch.objects;

import dev.matriarch.api.Storage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code postgresql.conf}: the operator's defaults, the user's parameters over them, and last what only the operator decides. */
public final class PostgresqlConf {

    private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.ofEntries(
            Map.entry("max_connections", "100"),
            Map.entry("max_wal_senders", "20"),
            Map.entry("max_replication_slots", "20"),
            Map.entry("wal_sender_timeout", "5s"),
            Map.entry("tcp_keepalives_idle", "10s"),
            Map.entry("tcp_keepalives_interval", "5s"),
            Map.entry("tcp_keepalives_count", "3"),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("log_timezone", "UTC"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_line_prefix", "%m [%p] %q%u@%d/%a "),
            Map.entry("dynamic_shared_memory_type", "posix")));

    private static final Map<String, String> OWN = new TreeMap<>(Map.ofEntries(
            Map.entry("listen_addresses", "*"),
            Map.entry("port", Integer.toString(Blueprint.PORT)),
            Map.entry("unix_socket_directories", "/var/run/postgresql"),
            Map.entry("wal_level", "logical"),
            Map.entry("wal_log_hints", "on"),
            Map.entry("hot_standby", "on"),
            Map.entry("fsync", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("synchronous_commit", "on"),
            // PostgreSQL's own restart would show commits that no standby has confirmed: the supervisor restarts it,
            // behind the gate.
            Map.entry("restart_after_crash", "off"),
            // Half of it is how stale a standby's view of its primary can be.
            Map.entry("wal_receiver_timeout", "3s"),
            // A standby rests for the rest of it when its upstream ends a timeline, as a promoted one does.
            Map.entry("wal_retrieve_retry_interval", "100ms"),
            Map.entry("logging_collector", "off"),
            Map.entry("log_destination", "stderr"),
            // So that ALTER SYSTEM knows these names before PostgreSQL 17 too.
            Map.entry("matriarch.epoch", "0"),
            Map.entry("matriarch.generation", "0"),
            Map.entry("matriarch.gate", "closed")));

    /** Names that only the operator sets, beside those it sets for everybody. */
    private static final List<String> REFUSED = List.of(
            "primary_conninfo",
            "primary_slot_name",
            "recovery_end_command",
            "recovery_init_sync_method",
            "recovery_min_apply_delay",
            "recovery_prefetch",
            "recovery_target",
            "recovery_target_action",
            "recovery_target_inclusive",
            "recovery_target_lsn",
            "recovery_target_name",
            "recovery_target_time",
            "recovery_target_timeline",
            "recovery_target_xid",
            "restore_command",
            "archive_cleanup_command",
            "promote_trigger_file",
            "synchronous_standby_names",
            "synchronized_standby_slots",
            "allow_alter_system",
            "data_directory",
            "config_file",
            "hba_file",
            "ident_file",
            "external_pid_file",
            "cluster_name",
            // Directives, not parameters: they would read another file.
            "include",
            "include_dir",
            "include_if_exists");

    private PostgresqlConf() {}

    /** Names of parameters that a user cannot set, sorted; beside them everything under {@code matriarch.}. */
    public static List<String> refused() {
        return Stream.concat(REFUSED.stream(), OWN.keySet().stream().filter(name -> !name.startsWith("matriarch.")))
                .sorted()
                .toList();
    }

    /** Whether only the operator sets a parameter, in whatever case its name is written. */
    public static boolean isRefused(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        return folded.startsWith("matriarch.") || refused().contains(folded);
    }

    /** The same parameters by their names in lower case: to PostgreSQL, {@code TimeZone} and {@code timezone} are one. */
    public static Map<String, String> folded(Map<String, String> parameters) {
        Map<String, String> folded = new TreeMap<>();
        new TreeMap<>(parameters).forEach((name, value) -> folded.put(name.toLowerCase(Locale.ROOT), value));
        return folded;
    }

    static String text(String cluster, Storage storage, Map<String, String> parameters) {
        StringBuilder text =
                new StringBuilder("# Made by Matriarch from the PgCluster " + cluster + ". Change it there.\n");
        Map<String, String> settings = new TreeMap<>(DEFAULTS);
        settings.putAll(KeptWal.parameters(storage));
        settings.putAll(folded(parameters));
        settings.putAll(OWN);
        settings.put("cluster_name", cluster);
        settings.forEach((name, value) ->
                text.append(name).append(" = ").append(quoted(value)).append('\n'));
        text.append("matriarch.configuration = '")
                .append(Encoding.digest(text.toString()))
                .append("'\n");
        return text.append("# Whether clients are admitted; the supervisor's.\n")
                .append("include_if_exists '/var/run/postgresql/gate.conf'\n")
                .toString();
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''").replace("\n", " ") + "'";
    }
}
