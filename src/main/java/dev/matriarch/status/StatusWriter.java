package dev.matriarch.status;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.decide.Protocol;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The one writer of the status of a PgCluster.
 *
 * <p>The status holds the protocol, so each write is a compare-and-set: PUT with the resourceVersion that was read from the API, not from a cache, after
 * comparing what was read with what was decided upon. A conflict, or another protocol than expected, means that somebody else has
 * written: nothing is written, and the cluster is looked at again. An operator that dies before the PUT has done nothing; one that dies after it
 * leaves a record that the next one reads.
 */
@ApplicationScoped
public class StatusWriter {

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final Map<ResourceID, PgCluster> written = new ConcurrentHashMap<>();

    StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /** The newest form that this operator knows: the cache's, or what it wrote itself and the cache has not seen yet. */
    public PgCluster newest(PgCluster cached) {
        PgCluster own = written.get(ResourceID.fromResource(cached));
        return own != null
                        && own.getMetadata()
                                .getUid()
                                .equals(cached.getMetadata().getUid())
                        && version(own) > version(cached)
                ? own
                : cached;
    }

    /**
     * Records a protocol if the recorded one is still the expected one.
     *
     * @throws RecordConflictException when it is another, or somebody was faster
     */
    public void record(PgCluster cluster, Protocol expected, Protocol next) throws RecordConflictException {
        write(cluster, expected, status -> ProtocolStatus.with(status, next));
    }

    /**
     * Writes a report if it says something new. Positions alone are nothing new.
     *
     * @param report the status to be; its protocol is the one it was made from
     * @return whether it was written
     * @throws RecordConflictException when the recorded protocol is no longer that of the report
     */
    public boolean report(PgCluster cluster, PgClusterStatus report) throws RecordConflictException {
        PgClusterStatus present = newest(cluster).getStatus();
        if (Objects.equals(StatusNews.without(report), StatusNews.without(present))) {
            return false;
        }
        write(cluster, ProtocolStatus.read(report), status -> report);
        return true;
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        written.remove(cluster);
    }

    private void write(PgCluster cluster, Protocol expected, UnaryOperator<PgClusterStatus> change)
            throws RecordConflictException {
        String name = cluster.getMetadata().getName();
        PgCluster read = Optional.ofNullable(client.resources(PgCluster.class)
                        .inNamespace(cluster.getMetadata().getNamespace())
                        .withName(name)
                        .get())
                .filter(each ->
                        each.getMetadata().getUid().equals(cluster.getMetadata().getUid()))
                .orElseThrow(() -> new RecordConflictException(name + " is gone"));
        Protocol recorded = ProtocolStatus.read(read.getStatus());
        if (!recorded.equals(expected)) {
            written.put(ResourceID.fromResource(read), read);
            throw new RecordConflictException(name + " is in epoch " + recorded.epoch() + ", generation "
                    + recorded.ruleGeneration() + ", which is not what was decided upon");
        }
        read.setStatus(change.apply(read.getStatus()));
        try {
            PgCluster stored = client.resource(read)
                    .lockResourceVersion(read.getMetadata().getResourceVersion())
                    .updateStatus();
            written.put(ResourceID.fromResource(stored), stored);
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                throw new RecordConflictException("somebody else has changed " + name);
            }
            if (e.getCode() == NOT_FOUND) {
                throw new RecordConflictException(name + " is gone");
            }
            throw e;
        }
    }

    private static long version(PgCluster cluster) {
        return Long.parseLong(cluster.getMetadata().getResourceVersion());
    }
}
