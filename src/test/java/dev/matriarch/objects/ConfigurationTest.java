package dev.matriarch.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code orders-config}: postgresql.conf, the two pg_hba.conf, and the supervisor. */
class ConfigurationTest {

    @Test
    void theUsersParametersComeOverTheDefaults() {
        assertThat(conf(Map.of("max_connections", "200", "work_mem", "16MB")))
                .contains("max_connections = '200'\n")
                .contains("work_mem = '16MB'\n")
                .doesNotContain("max_connections = '100'");
        assertThat(conf(Map.of())).contains("max_connections = '100'\n");
    }

    static List<String> refused() {
        return PostgresqlConf.refused().stream()
                .filter(name -> conf(Map.of()).contains("\n" + name + " = "))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatTheOperatorOwnsCannotBeOverridden(String name) {
        for (String spelling : List.of(name, name.toUpperCase(java.util.Locale.ROOT))) {
            String text = conf(Map.of(spelling, "of_the_user"));
            assertThat(last(text, name)).as(text).doesNotContain("of_the_user");
        }
    }

    @Test
    void aNameIsTheSameInWhateverCaseItIsWritten() {
        String text = conf(Map.of("TimeZone", "Europe/Berlin", "Max_Connections", "200"));
        assertThat(last(text, "timezone")).isEqualTo("timezone = 'Europe/Berlin'");
        assertThat(last(text, "max_connections")).isEqualTo("max_connections = '200'");
        assertThat(text.lines()
                        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("timezone")))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "{}, 102MB, 256MB",
        "{size: 100M}, 64MB, 64MB",
        "{size: 10Gi}, 1024MB, 2560MB",
        "{size: 2500Mi}, 250MB, 625MB",
        "{size: 9Ei}, 4096MB, 4096MB",
        "{sharedClaimName: share}, 64MB, 4096MB"
    })
    void theWalThatIsKeptForOthersIsAPartOfTheVolume(String storage, String everywhere, String bySlot) {
        assertThat(data("{storage: " + storage + "}", Map.of()).get("postgresql.conf"))
                .contains("\nwal_keep_size = '" + everywhere + "'\n")
                .contains("\nmax_slot_wal_keep_size = '" + bySlot + "'\n");
    }

    @Test
    void theUserSaysHowMuchWalIsKept() {
        String text = conf(Map.of("WAL_keep_size", "0", "max_slot_wal_keep_size", "-1"));
        assertThat(last(text, "wal_keep_size")).isEqualTo("wal_keep_size = '0'");
        assertThat(last(text, "max_slot_wal_keep_size")).isEqualTo("max_slot_wal_keep_size = '-1'");
    }

    @Test
    void whatASupervisorNeedsIsThere() {
        assertThat(conf(Map.of()))
                .contains("restart_after_crash = 'off'")
                .contains("include_if_exists '/var/run/postgresql/gate.conf'")
                .contains("unix_socket_directories = '/var/run/postgresql'")
                .contains("matriarch.epoch = '0'")
                .contains("matriarch.generation = '0'")
                .contains("matriarch.gate = 'closed'")
                .contains("cluster_name = 'orders'");
    }

    @Test
    void theOperatorsOwnLinesOfHbaComeFirstAndKeepTheReplicationRoleFromDatabases() {
        List<String> own = List.of(
                "local all matriarch scram-sha-256",
                "host all matriarch all scram-sha-256",
                "host replication matriarch_replication all scram-sha-256",
                "host all matriarch_replication all reject");
        for (String file : List.of("pg_hba.conf", "pg_hba.closed.conf")) {
            assertThat(data("{}", Map.of()).get(file).lines().filter(line -> !line.startsWith("#")))
                    .extracting(line -> line.replaceAll(" +", " "))
                    .startsWith(own.toArray(String[]::new));
        }
    }

    @Test
    void theGateIsTheLastWord() {
        String text = conf(Map.of("zzz.parameter", "1"));
        assertThat(text.stripTrailing().lines().reduce((first, second) -> second))
                .contains("include_if_exists '/var/run/postgresql/gate.conf'");
    }

    @Test
    void valuesAreQuoted() {
        assertThat(conf(Map.of("log_line_prefix", "it's %m \\ ", "search_path", "\"$user\", public")))
                .contains("log_line_prefix = 'it''s %m \\\\ '\n")
                .contains("search_path = '\"$user\", public'\n");
        assertThat(conf(Map.of("work_mem", "1MB\nfsync = off"))).contains("work_mem = '1MB fsync = off'\n");
    }

    @Test
    void theDigestChangesWithEveryParameterAndWithNothingElse() {
        assertThat(digest(conf(Map.of()))).isEqualTo(digest(conf(Map.of())));
        assertThat(digest(conf(Map.of("work_mem", "1MB")))).isNotEqualTo(digest(conf(Map.of("work_mem", "2MB"))));
    }

    @Test
    void ownLinesOfHbaComeFirstThenTheUsers() {
        String open = HbaConf.open(List.of("host all all 10.0.0.0/8 scram-sha-256"));
        assertThat(open).startsWith(HbaConf.closed()).contains("\nhost all all 10.0.0.0/8 scram-sha-256\n");
        assertThat(open).doesNotContain("host all all all");
        assertThat(HbaConf.open(List.of())).contains("\nhost all all all scram-sha-256\n");
    }

    @Test
    void aLocalLineOfTheUserComesBeforeTheOneForEverybody() {
        assertThat(HbaConf.open(List.of("local all ann peer"))
                        .lines()
                        .filter(line -> line.startsWith("local"))
                        .map(line -> line.replaceAll(" +", " ")))
                .endsWith("local all postgres peer", "local all ann peer", "local all all scram-sha-256");
    }

    @Test
    void aLineOfTheFileIsFoundAgainInTheSpec() {
        List<String> lines =
                HbaConf.open(List.of("# mine", "host all all all md5")).lines().toList();
        assertThat(HbaConf.placeOf(lines.indexOf("# mine") + 1)).isZero();
        assertThat(HbaConf.placeOf(lines.indexOf("host all all all md5") + 1)).isEqualTo(1);
        assertThat(HbaConf.placeOf(2)).isNegative();
    }

    @Test
    void theDigestOfAllChangesWithEveryLineOfHbaToo() {
        Map<String, String> data = data("", Map.of());
        String digest = ConfigurationMap.digest(data).orElseThrow();
        Map<String, String> other = new TreeMap<>(data);
        other.put("pg_hba.conf", HbaConf.open(List.of("host all all 10.0.0.0/8 md5")));
        String changed = ConfigurationMap.digest(other).orElseThrow();
        assertThat(changed).isNotEqualTo(digest);
        assertThat(ConfigurationMap.isInForce(digest, digest, true)).isTrue();
        assertThat(ConfigurationMap.isInForce(changed, digest, true)).isFalse();
        assertThat(ConfigurationMap.isInForce(changed, digest, false))
                .as("behind the gate another hba is in force")
                .isTrue();
        other.putAll(data("", Map.of("work_mem", "2MB")));
        assertThat(ConfigurationMap.isInForce(ConfigurationMap.digest(other).orElseThrow(), digest, false))
                .isFalse();
    }

    @Test
    void behindTheClosedGateNobodyButTheOperatorAndTheStandbysComesIn() {
        assertThat(HbaConf.closed().lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.contains("matriarch"));
    }

    @Test
    void whatWasAcceptedStandsBesideItSoThatItOutlivesTheOperator() {
        assertThat(data("", Map.of("b", "2", "a", "1")))
                .containsEntry(
                        "accepted.json",
                        "{\"hba\":[\"host all all all md5\"],\"parameters\":{\"a\":\"1\",\"b\":\"2\"}}");
        assertThat(data("", Map.of()).get("supervisor.sh")).startsWith("#!/bin/sh");
    }

    @ParameterizedTest
    @CsvSource({"17, true, --data-checksums", "17, false, ''", "18, true, ''", "18, false, --no-data-checksums"})
    void checksumsAreAskedForOnlyWhereTheyAreNotTheDefault(int version, boolean wanted, String argument) {
        String spec = "{postgresql: {version: " + version + "}, bootstrap: {dataChecksums: " + wanted
                + ", locale: de_DE.UTF-8}}";
        assertThat(data(spec, Map.of()).get("initdb.args").lines().toList())
                .startsWith("--encoding=UTF8", "--locale=de_DE.UTF-8")
                .hasSize(argument.isEmpty() ? 2 : 3)
                .endsWith(argument.isEmpty() ? "--locale=de_DE.UTF-8" : argument);
    }

    private static Map<String, String> data(String spec, Map<String, String> parameters) {
        return ConfigurationMap.build(Samples.blueprint(spec), parameters, List.of("host all all all md5"))
                .getData();
    }

    private static String conf(Map<String, String> parameters) {
        return data("", parameters).get("postgresql.conf");
    }

    /** The last setting of a parameter, which is the one in force; names have no case. */
    private static String last(String text, String name) {
        return text.lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + " = "))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static String digest(String text) {
        return last(text, "matriarch.configuration");
    }
}
