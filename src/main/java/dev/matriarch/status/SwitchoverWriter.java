package dev.matriarch.status;

import dev.matriarch.api.PgSwitchover;
import dev.matriarch.api.PgSwitchoverStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The one writer of the status of a PgSwitchover: PUT with the resourceVersion that was looked at, so that of two writers one is refused. */
@ApplicationScoped
public class SwitchoverWriter {

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;

    /** What was written and the cache may not have seen yet, by identity. */
    private final Map<String, PgSwitchover> written = new ConcurrentHashMap<>();

    SwitchoverWriter(KubernetesClient client) {
        this.client = Requests.soon(client);
    }

    /** The newest form that this operator knows. */
    public PgSwitchover newest(PgSwitchover cached) {
        PgSwitchover own = written.get(cached.getMetadata().getUid());
        if (own == null) {
            return cached;
        }
        if (version(own) > version(cached)) {
            return own;
        }
        written.remove(cached.getMetadata().getUid(), own);
        return cached;
    }

    /** Writes it, unless somebody was faster or it is gone; then the cache will say so. */
    public boolean write(PgSwitchover seen, PgSwitchoverStatus status) {
        PgSwitchover next = new PgSwitchover();
        next.setMetadata(new ObjectMetaBuilder(seen.getMetadata()).build());
        next.setSpec(seen.getSpec());
        next.setStatus(status);
        try {
            PgSwitchover put = client.resource(next).updateStatus();
            written.put(put.getMetadata().getUid(), put);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                written.remove(seen.getMetadata().getUid());
                return false;
            }
            throw e;
        }
    }

    /** Forgets what was written to those that are gone. */
    public void forgetUnless(Predicate<PgSwitchover> isThere) {
        written.values().removeIf(isThere.negate());
    }

    /** Deletes it, if nobody has changed it since it was looked at, nor made another one of its name. */
    public void delete(PgSwitchover finished) {
        written.remove(finished.getMetadata().getUid());
        try {
            // A version is one of one object, so this is a precondition of the uid too.
            client.resource(finished)
                    .lockResourceVersion(finished.getMetadata().getResourceVersion())
                    .delete();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT && e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
    }

    private static long version(PgSwitchover switchover) {
        return Long.parseLong(switchover.getMetadata().getResourceVersion());
    }
}
