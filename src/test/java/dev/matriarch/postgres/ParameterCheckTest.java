package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.postgres.ParameterCheck.Setting;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Accepted and refused as PostgreSQL 17 does; settings as its {@code pg_settings} describes them. */
class ParameterCheckTest {

    private static final Map<String, Setting> SETTINGS = Map.of(
            "work_mem", new Setting("integer", "kB", "64", "2147483647", List.of()),
            "shared_buffers", new Setting("integer", "8kB", "16", "1073741823", List.of()),
            "statement_timeout", new Setting("integer", "ms", "0", "2147483647", List.of()),
            "max_connections", new Setting("integer", "", "1", "262143", List.of()),
            "log_file_mode", new Setting("integer", "", "0", "511", List.of()),
            "seq_page_cost", new Setting("real", "", "0", "1.79769e+308", List.of()),
            "vacuum_cost_delay", new Setting("real", "ms", "0", "100", List.of()),
            "enable_seqscan", new Setting("bool", "", "", "", List.of()),
            "wal_compression", new Setting("enum", "", "", "", List.of("pglz", "lz4", "zstd", "on", "off")),
            "log_line_prefix", new Setting("string", "", "", "", List.of()));

    @ParameterizedTest
    @CsvSource({
        "work_mem, 64MB",
        "work_mem, ' 64 MB '",
        "work_mem, 65536",
        "work_mem, 0x40",
        "work_mem, 1.5GB",
        "WORK_MEM, 64kB",
        "shared_buffers, 128MB",
        "shared_buffers, 16",
        "statement_timeout, 0",
        "statement_timeout, 1.5 s",
        "statement_timeout, 1d",
        "max_connections, 200",
        "max_connections, +200",
        "log_file_mode, 0640",
        "seq_page_cost, .5",
        "seq_page_cost, 1e0",
        "vacuum_cost_delay, 2.5ms",
        "vacuum_cost_delay, 500us",
        "enable_seqscan, OFF",
        "enable_seqscan, yes",
        "wal_compression, lz4",
        "wal_compression, true",
        "log_line_prefix, anything at all",
        "my_extension.setting, anything at all"
    })
    void accepted(String name, String value) {
        assertThat(ParameterCheck.problems(SETTINGS, Map.of(name, value))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "work_mem, 8kB, outside 64 to 2147483647 (in kB)",
        "work_mem, lots, not a number",
        "work_mem, 1e9999999999, not a number",
        "max_connections, 1e999, outside 1 to 262143.",
        "work_mem, 64mb, has a unit that this parameter does not take",
        "work_mem, 64s, has a unit that this parameter does not take",
        "work_mem, '', not a number",
        "shared_buffers, 100kB, outside 16",
        "statement_timeout, -1, outside 0",
        "max_connections, 0, outside 1 to 262143.",
        "max_connections, 1MB, it has none",
        "log_file_mode, 1000, outside 0 to 511",
        "vacuum_cost_delay, 1s, outside 0 to 100",
        "enable_seqscan, perhaps, is not on or off",
        "wal_compression, gzip, 'none of pglz, lz4, zstd, on, off'",
        "wrk_mem, 64MB, no such parameter"
    })
    void refusedWithWhatWouldBeRight(String name, String value, String says) {
        assertThat(ParameterCheck.problems(SETTINGS, Map.of(name, value)))
                .containsOnlyKeys(name)
                .hasValueSatisfying(new Condition<>(each -> each.contains(says), says));
    }

    @Test
    void everyProblemIsTold() {
        assertThat(ParameterCheck.problems(SETTINGS, Map.of("work_mem", "x", "nonsense", "1", "max_connections", "9")))
                .containsOnlyKeys("work_mem", "nonsense");
    }

    @ParameterizedTest
    @CsvSource({
        "max_wal_senders, 3, 3",
        "MAX_WAL_SENDERS, 0x3, 3",
        "max_replication_slots, 0, 2",
        "max_replication_slots, 15, 9",
    })
    void whatWouldLeaveStandbysOutIsRefused(String name, String value, int instances) {
        assertThat(ParameterCheck.tooFew(Map.of(name, value), instances))
                .containsOnlyKeys(name)
                .hasValueSatisfying(new Condition<>(
                        text -> text.startsWith("'" + value + "' is too low: " + instances + " instances need "
                                + 2 * (instances - 1) + " or more"),
                        "the number that is needed"));
    }

    @ParameterizedTest
    @CsvSource({
        "max_wal_senders, 4, 3",
        "max_wal_senders, 0, 1",
        "max_replication_slots, 20, 9",
        "max_wal_senders, many, 3",
        "max_connections, 2, 3",
    })
    void whatIsEnoughOrNotTheirsIsNot(String name, String value, int instances) {
        assertThat(ParameterCheck.tooFew(Map.of(name, value), instances)).isEmpty();
    }
}
