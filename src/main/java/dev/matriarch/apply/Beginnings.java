package dev.matriarch.apply;

import dev.matriarch.api.Bootstrap;
import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Observation;
import dev.matriarch.objects.Encoding;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.postgres.Bootstrapping;
import dev.matriarch.postgres.Bootstrapping.Begun;
import dev.matriarch.postgres.Server;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * What a cluster really began with. A spec cannot change it, but a cluster that is made again over kept volumes may have another spec.
 *
 * <p>The data says it: the bootstrap commits a note of its database and owner together with the note that it ran, so an operator that dies in between
 * leaves both or none. Until the data can be asked, the kept Secret {@code <cluster>-app} is believed; a cluster that was never bootstrapped has only
 * its spec.
 */
@ApplicationScoped
public class Beginnings {

    private static final Logger LOG = Logger.getLogger(Beginnings.class);

    private final Observer observer;
    private final Bootstrapping bootstrapping;

    /** What the data of a PgCluster said, by which PgCluster: it never changes. */
    private final Map<ResourceID, Said> said = new ConcurrentHashMap<>();

    private record Said(String uid, Begun begun) {}

    Beginnings(Observer observer, Bootstrapping bootstrapping) {
        this.observer = observer;
        this.bootstrapping = bootstrapping;
    }

    /** Makes the copied PgCluster say what there is; where it says something else, that is a problem. */
    public void keep(OwnObjects objects, Observation seen, List<Problem> problems) {
        Optional<Secret> kept = objects.secret(ObjectNames.app(objects.name()))
                .filter(secret -> Applier.isOurs(secret, objects.cluster()));
        keep(objects.cluster(), seen.primaryDatabase(), ofData(objects, seen), kept, problems);
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        said.remove(cluster);
    }

    static void keep(
            PgCluster cluster,
            Optional<Instance.Database> primary,
            Optional<Begun> data,
            Optional<Secret> kept,
            List<Problem> problems) {
        boolean toBegin = primary.filter(each -> !each.bootstrapped()).isPresent();
        Optional<Begun> begun = toBegin ? Optional.empty() : data.or(() -> kept.flatMap(Beginnings::of));
        if (begun.isEmpty()) {
            return;
        }
        Bootstrap wanted = cluster.getSpec().bootstrap();
        if (data.isPresent() || primary.isPresent()) { // the Secret alone does not say that it was done
            compare("database", wanted.database(), begun.get().database(), cluster, problems);
            compare("owner", wanted.owner(), begun.get().owner(), cluster, problems);
        }
        cluster.setSpec(cluster.getSpec()
                .withBootstrap(new Bootstrap(
                        begun.get().database(),
                        begun.get().owner(),
                        wanted.locale(),
                        wanted.dataChecksums(),
                        wanted.sql())));
    }

    private static void compare(String field, String wanted, String is, PgCluster cluster, List<Problem> problems) {
        if (!wanted.equals(is)) {
            String name = cluster.getMetadata().getName();
            problems.add(new Problem(
                    "spec.bootstrap." + field,
                    "the kept volumes hold a cluster that began with " + is + ", not " + wanted
                            + ", and a bootstrap runs only once. Secret " + ObjectNames.app(name) + " leads to " + is
                            + ". Delete the PgCluster and make it again with " + field + ": " + is
                            + ", or make a new cluster with another name."));
        }
    }

    private Optional<Begun> ofData(OwnObjects objects, Observation seen) {
        ResourceID id = ResourceID.fromResource(objects.cluster());
        String uid = objects.cluster().getMetadata().getUid();
        Said known = said.get(id);
        if (known != null && known.uid().equals(uid)) {
            return Optional.of(known.begun());
        }
        if (seen.primaryDatabase().filter(Instance.Database::bootstrapped).isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<Server> server = observer.server(objects, seen.protocol().primary());
            Optional<Begun> begun = server.isPresent() ? bootstrapping.begun(server.get()) : Optional.empty();
            begun.ifPresent(each -> said.put(id, new Said(uid, each)));
            return begun;
        } catch (SQLException e) {
            LOG.debugf("%s did not say what it began with: %s", objects.name(), e.getMessage());
            return Optional.empty(); // asked again in the next round
        }
    }

    private static Optional<Begun> of(Secret app) {
        String database = Encoding.text(app.getData(), "database");
        String owner = Encoding.text(app.getData(), "username");
        return database.isEmpty() || owner.isEmpty() ? Optional.empty() : Optional.of(new Begun(database, owner));
    }
}
