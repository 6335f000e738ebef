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
 * <p>The status holds the protocol, so each write is a compare-and-set: PUT with the resourceVersion of the very form that was decided upon, so that the API
 * server refuses it when anything was written since, by whomever, whether a cache has seen it or not. After a conflict it is read from the API server, and what
 * was not about the protocol (the spec, an annotation) is no reason to refuse: it is compared with what was decided upon, and if that still
 * stands, written upon what was read. Else nothing is written, and the cluster is looked at again. An operator that dies before the PUT has done nothing; one that
 * dies after it leaves a record that the next one reads.
 */
@ApplicationScoped
public class StatusWriter {

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final Operators operators;
    private final Map<ResourceID, PgCluster> written = new ConcurrentHashMap<>();

    StatusWriter(KubernetesClient client, Operators operators) {
        this.client = Requests.soon(client);
        this.operators = operators;
    }

    /** The newest form that this operator knows, to keep: the cache's, or what it wrote itself and the cache has not seen yet. */
    public PgCluster newest(PgCluster cached) {
        PgCluster own = written.get(ResourceID.fromResource(cached));
        boolean isNewer = own != null
                && own.getMetadata().getUid().equals(cached.getMetadata().getUid())
                && version(own) > version(cached);
        return Copies.of(isNewer ? own : cached);
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
     * Writes a report if it says something new. Positions alone are nothing new; that it is this operator that looks after it now is.
     *
     * @param report the status to be; its protocol is the one it was made from
     * @return whether it was written
     * @throws RecordConflictException when the recorded protocol is no longer that of the report
     */
    public boolean report(PgCluster cluster, PgClusterStatus report) throws RecordConflictException {
        PgCluster known = newest(cluster);
        if (!operators.isToBeNamed(known)
                && Objects.equals(StatusNews.without(report), StatusNews.without(known.getStatus()))) {
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
        PgCluster known = newest(cluster);
        if (ProtocolStatus.read(known.getStatus()).equals(expected) && put(known, change)) {
            return;
        }
        PgCluster read = read(cluster, expected);
        if (!put(read, change)) {
            throw new RecordConflictException(
                    "somebody else has changed " + cluster.getMetadata().getName());
        }
    }

    /** What the API server has, if the protocol is still the expected one. */
    private PgCluster read(PgCluster cluster, Protocol expected) throws RecordConflictException {
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
        return read;
    }

    /** Whether it was written; not, if there is a newer form. */
    private boolean put(PgCluster known, UnaryOperator<PgClusterStatus> change) throws RecordConflictException {
        known.setStatus(change.apply(known.getStatus()).by(operators.own()));
        try {
            PgCluster stored = client.resource(known)
                    .lockResourceVersion(known.getMetadata().getResourceVersion())
                    .updateStatus();
            written.put(ResourceID.fromResource(stored), stored);
            operators.named(stored);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return false;
            }
            if (e.getCode() == NOT_FOUND) {
                throw new RecordConflictException(known.getMetadata().getName() + " is gone");
            }
            throw e;
        }
    }

    /** They grow, as every API server in use has them. */
    static long version(PgCluster cluster) {
        return Long.parseLong(cluster.getMetadata().getResourceVersion());
    }
}
