package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Lsn;
import dev.matriarch.decide.Mark;
import dev.matriarch.decide.Observation.Marker;
import dev.matriarch.decide.Observation.Memory;
import dev.matriarch.decide.Protocol;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoriesTest {

    private static final Memory ABSENT =
            new Memory(Optional.empty(), Map.of("orders-1", Instant.EPOCH), Optional.empty());

    private long nanos;
    private final Memories memories = new Memories(() -> nanos);

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

    @Test
    void howLongATransitionIsKnownIsCountedForEachEpochAndFromZeroByANewOperator() {
        Protocol settled = Protocol.founded("orders-0").withDatabase("74", 1);
        Protocol opened = settled.opened(Instant.EPOCH, Optional.empty());
        assertThat(memories.transition(cluster("first"), settled)).isZero();
        assertThat(memories.transition(cluster("first"), opened)).isZero();
        nanos += Duration.ofSeconds(9).toNanos();
        assertThat(memories.transition(cluster("first"), opened)).isEqualTo(Duration.ofSeconds(9));
        assertThat(new Memories(() -> nanos).transition(cluster("first"), opened))
                .isZero();
        assertThat(memories.transition(cluster("first"), opened.opened(Instant.EPOCH, Optional.empty())))
                .isZero();
        nanos += 1;
        assertThat(memories.transition(cluster("second"), opened)).isZero();
    }

    /** A watch may be silent while a failover waits for its mark. */
    @Test
    void aMarkThatWasWrittenIsKnownUntilTheCacheShowsItOrSomethingLater() {
        Mark mark = new Mark(Protocol.founded("orders-0").withDatabase("74", 1));
        memories.marked(cluster("first"), "orders-0", claim("uid", "120"), mark);

        assertThat(memories.markBehind(cluster("first"), "orders-0", claim("uid", "99")))
                .contains(mark);
        assertThat(memories.markBehind(cluster("first"), "orders-0", claim("uid", "120")))
                .isEmpty();
        assertThat(memories.markBehind(cluster("first"), "orders-0", claim("another", "99")))
                .isEmpty();
        assertThat(memories.markBehind(cluster("first"), "orders-1", claim("uid", "99")))
                .isEmpty();
    }

    /** With a Secret that somebody has damaged, the operator would be blind for databases that run as before. */
    @Test
    void theOperatorsPasswordIsTheLastOneThatCanBeOne() {
        assertThat(memories.password(cluster("first"), "")).isEmpty();
        assertThat(memories.password(cluster("first"), "a")).isEqualTo("a");
        assertThat(memories.password(cluster("first"), "")).isEqualTo("a");
        assertThat(memories.password(cluster("first"), "from-a-file\n")).isEqualTo("a");
        assertThat(memories.password(cluster("first"), "b")).isEqualTo("b");
        memories.forget(ResourceID.fromResource(cluster("first")));
        assertThat(memories.password(cluster("first"), "")).isEmpty();
    }

    private static ObjectMeta claim(String uid, String version) {
        return new ObjectMetaBuilder().withUid(uid).withResourceVersion(version).build();
    }

    private static PgCluster cluster(String uid) {
        PgCluster cluster = new PgCluster();
        cluster.getMetadata().setNamespace("default");
        cluster.getMetadata().setName("orders");
        cluster.getMetadata().setUid(uid);
        return cluster;
    }
}
