package dev.matriarch.chaos;

import dev.matriarch.chaos.LoadClients.Load;
import dev.matriarch.e2e.support.Cluster;
import dev.matriarch.e2e.support.TestNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** A cluster under load, in a namespace of its own in which the restricted Pod Security Standard is enforced. */
final class Stage implements AutoCloseable {

    private final TestNamespace namespace;
    private final Cluster cluster;
    private final Rows rows;
    private final LoadClients clients;

    private Stage(TestNamespace namespace, Cluster cluster, Rows rows, LoadClients clients) {
        this.namespace = namespace;
        this.cluster = cluster;
        this.rows = rows;
        this.clients = clients;
    }

    /** Makes all of it, with majority commit on volumes of the default class; the clients rest. */
    static Stage make(String name, int instances, Load load, Path logs) throws IOException, SQLException {
        return make(name, instances, "replication: {synchronous: Majority}", load, logs);
    }

    /**
     * Makes all of it; the clients rest.
     *
     * @param field of the spec
     */
    static Stage make(String name, int instances, String field, Load load, Path logs) throws IOException, SQLException {
        TestNamespace namespace = new TestNamespace(name);
        namespace.make();
        Cluster cluster = namespace.cluster("orders");
        cluster.apply("{instances: " + instances + ", " + field
                        + ", pod: {resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 1Gi}}}}")
                .awaitSettled();
        Rows rows = new Rows(cluster);
        rows.makeTable();
        ClientImage.load();
        return new Stage(namespace, cluster, rows, LoadClients.start(cluster, load, logs));
    }

    Cluster cluster() {
        return cluster;
    }

    Rows rows() {
        return rows;
    }

    LoadClients clients() {
        return clients;
    }

    /** Writes down what is there, because something went wrong. */
    void record(String what, Throwable failure) throws IOException {
        namespace.record(what, failure);
    }

    @Override
    public void close() {
        clients.stop();
        namespace.remove();
    }
}
