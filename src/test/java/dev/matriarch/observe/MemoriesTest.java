package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoriesTest {

    private static final Memory ABSENT =
            new Memory(Optional.empty(), Map.of("orders-1", Instant.EPOCH), Optional.empty());

    private final Memories memories = new Memories();

    @Test
    void aClusterIsRememberedFromRoundToRound() {
        memories.remember(cluster("first"), ABSENT);
        memories.marker(cluster("first"), new Marker(2, Lsn.parse("0/5000060"), false));

        assertThat(memories.of(cluster("first")).marker()).contains(new Marker(2, Lsn.parse("0/5000060"), false));
        assertThat(memories.of(cluster("first")).absentSince()).isEqualTo(ABSENT.absentSince());
    }

    @Test
    void nothingIsRememberedOfAnEarlierClusterOfTheSameName() {
        memories.remember(cluster("first"), ABSENT);
        memories.marker(cluster("first"), new Marker(2, Lsn.parse("0/5000060"), false));

        assertThat(memories.of(cluster("second")).marker()).isEmpty();
        assertThat(memories.of(cluster("second")).absentSince()).isEmpty();
    }

    private static PgCluster cluster(String uid) {
        PgCluster cluster = new PgCluster();
        cluster.getMetadata().setNamespace("default");
        cluster.getMetadata().setName("orders");
        cluster.getMetadata().setUid(uid);
        return cluster;
    }
}
