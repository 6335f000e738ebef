package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.Database;
import dev.matriarch.e2e.support.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows that the clients wrote, as each instance holds them. */
final class Rows {

    private static final String DATABASE = "app";
    private static final Duration REPLAY = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 3;

    /** SQLSTATEs of connections. */
    private static final String CONNECTION = "08";

    private final Cluster cluster;

    Rows(Cluster cluster) {
        this.cluster = cluster;
    }

    /** No constraint keeps a row from being there twice: that is what is looked for. The index is for looking at one round. */
    void makeTable() throws SQLException {
        Database.at(
                        cluster.pod(primary()).getStatus().getPodIP(),
                        DATABASE,
                        cluster.secret("app", "username"),
                        cluster.secret("app", "password"))
                .execute(
                        "create table chaos_writes (round integer not null, id bigint not null)",
                        "create index on chaos_writes (round)");
    }

    /** Waits until every standby has replayed all that the primary has; says who is a primary besides the one of the status. */
    List<String> awaitReplay() throws SQLException {
        String position = ask(primary(), "select pg_current_wal_insert_lsn()").get(0);
        List<String> complaints = new ArrayList<>();
        for (int ordinal = 0; ordinal < cluster.get().getSpec().instances(); ordinal++) {
            int instance = ordinal;
            if (instance != primary()) {
                if (ask(instance, "select pg_is_in_recovery()").get(0).equals("f")) {
                    complaints.add(name(instance) + " is a second primary");
                } else {
                    Waiting.await(name(instance) + " has replayed " + position, REPLAY)
                            .untilAsserted(() -> assertThat(
                                            ask(instance, "select pg_last_wal_replay_lsn() >= '" + position + "'")
                                                    .get(0))
                                    .isEqualTo("t"));
                }
            }
        }
        return complaints;
    }

    /** The ids of a round on each instance. */
    Map<String, long[]> ofRound(int round) throws SQLException {
        Map<String, long[]> rows = new TreeMap<>();
        for (int instance = 0; instance < cluster.get().getSpec().instances(); instance++) {
            rows.put(
                    name(instance),
                    ask(instance, "select id from chaos_writes where round = " + round).stream()
                            .mapToLong(Long::parseLong)
                            .toArray());
        }
        return rows;
    }

    /** How many rows each instance has of all rounds before this one. */
    Map<String, Long> before(int round) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        for (int instance = 0; instance < cluster.get().getSpec().instances(); instance++) {
            counts.put(
                    name(instance),
                    Long.valueOf(ask(instance, "select count(*) from chaos_writes where round < " + round)
                            .get(0)));
        }
        return counts;
    }

    /** The first column of what an instance answers. What is compared is what it has, not whether it can be reached at once: a connection that fails is tried again, and told. */
    private List<String> ask(int instance, String query) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return at(instance).column(query);
            } catch (SQLException e) {
                String said = name(instance) + ": " + e.getMessage()
                        + (e.getCause() == null ? "" : " (" + e.getCause() + ")");
                if (attempt == ATTEMPTS || !String.valueOf(e.getSQLState()).startsWith(CONNECTION)) {
                    throw new SQLException(said, e.getSQLState(), e);
                }
                System.out.println("     " + said);
            }
        }
    }

    /** The superuser in the clients' database of an instance. */
    Database at(int instance) {
        return cluster.instance(instance, DATABASE);
    }

    int primary() {
        return Situation.ordinal(cluster.status().primary());
    }

    private String name(int instance) {
        return cluster.name() + "-" + instance;
    }
}
