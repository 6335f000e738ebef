package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.decide.History;
import dev.matriarch.decide.Instance.Database;
import dev.matriarch.decide.Instance.Slot;
import dev.matriarch.decide.Instance.Walsender;
import dev.matriarch.decide.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What observe.sql answers, read; and that the questions are there. */
class LookTest {

    @Test
    void aPrimary() throws JsonProcessingException {
        Database primary = read("""
                {"inRecovery": false, "systemIdentifier": "7412345678901234567", "version": "17.6", "timeline": 2,
                 "position": "0/5000148", "epoch": "3", "generation": "12", "gate": "open", "configuration": "abcd",
                 "synchronousStandbyNames": "ANY 1 (\\"orders-1/e3\\")", "bootstrapped": true, "oldestWal": "0/3000000",
                 "walsenders": [{"standby": "orders-1/e3", "state": "streaming", "flushed": "0/5000148", "replayed": "0/5000100", "syncState": "quorum"},
                                {"standby": "clone/orders-2", "state": "backup", "flushed": null, "replayed": null, "syncState": "async"}],
                 "slots": [{"name": "orders_1", "active": true}], "receiving": false, "selfFence": "10"}
                """);
        assertThat(primary.inRecovery()).isFalse();
        assertThat(primary.epoch()).isEqualTo(3);
        assertThat(primary.generation()).isEqualTo(12);
        assertThat(primary.gateOpen()).isTrue();
        assertThat(primary.bootstrapped()).isTrue();
        assertThat(primary.position()).isEqualTo(Lsn.parse("0/5000148"));
        assertThat(primary.walsenders()).extracting(Walsender::streams).containsExactly(true, false);
        assertThat(primary.walsenders().get(1).flushed())
                .as("one that has confirmed nothing")
                .isEqualTo(Lsn.ZERO);
        assertThat(primary.slots()).containsExactly(new Slot("orders_1", true));
        assertThat(primary.pendingRestart()).containsExactly("max_connections");
        assertThat(primary.selfFence()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aStandbyThatNobodyHasToldAnything() throws JsonProcessingException {
        Database standby = read("""
                {"inRecovery": true, "systemIdentifier": "74", "version": "17.6", "timeline": 1, "position": "0/5000148", "replayed": "0/5000100",
                 "epoch": null, "generation": "", "gate": null, "configuration": null, "synchronousStandbyNames": "",
                 "bootstrapped": true, "oldestWal": null, "walsenders": null, "slots": null, "receiving": true}
                """);
        assertThat(standby.inRecovery()).isTrue();
        assertThat(standby.receiving()).isTrue();
        assertThat(standby.replayed()).isEqualTo(Lsn.parse("0/5000100"));
        assertThat(standby.gateOpen()).isFalse();
        assertThat(standby.epoch()).isZero();
        assertThat(standby.generation()).isZero();
        assertThat(standby.oldestWal()).isEqualTo(Lsn.ZERO);
        assertThat(standby.walsenders()).isEmpty();
        assertThat(standby.slots()).isEmpty();
        assertThat(standby.selfFence()).isZero();
    }

    @Test
    void aHistoryFile() {
        assertThat(Look.history("""
                1\t0/3000148\tno recovery target specified

                # reserved by Matriarch
                3\tA/B0000000\tbefore 2026-11-21 11:00:00+00
                """).ends())
                .containsExactly(
                        new History.End(1, Lsn.parse("0/3000148")), new History.End(3, Lsn.parse("A/B0000000")));
        assertThat(Look.history(null)).isEqualTo(History.none());
        assertThat(Look.history("# reserved by Matriarch\n")).isEqualTo(History.none());
    }

    @Test
    void whoKnowsATimelineOfWhichItHasNothingIsNotDetachedYet() throws JsonProcessingException {
        String said = "{\"inRecovery\": true, \"detached\": true, \"timeline\": 1}";
        assertThat(read(said).detached()).isTrue();
        assertThat(read(said).begun()).isFalse();
        Database its = read(said, Optional.of(new Look.Begun(11, 1)));
        assertThat(its.detached()).isFalse();
        assertThat(its.begun()).isTrue();
        assertThat(its.hindrance()).isEqualTo("it knows timeline 11, has nothing of it, and is started anew without");
    }

    @Test
    void theQuestionsAreThere() {
        assertThat(SqlText.load("history.sql")).contains("pg_read_file");
        assertThat(SqlText.load("observe.sql")).contains("pg_is_in_recovery()");
        assertThat(SqlText.load(Look.BEGUN_TIMELINE)).contains("pg_last_wal_replay_lsn()");
        assertThat(SqlText.load("pending-restart.sql")).contains("pg_file_settings");
    }

    private static Database read(String json) throws JsonProcessingException {
        return read(json, Optional.empty());
    }

    private static Database read(String json, Optional<Look.Begun> begun) throws JsonProcessingException {
        JsonNode said = new ObjectMapper().readTree(json);
        return Look.read(said, List.of("max_connections"), said.path("timeline").asLong(), History.none(), begun);
    }
}
