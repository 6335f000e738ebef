package dev.matriarch.postgres;

/**
 * A PostgreSQL server as the operator reaches it.
 *
 * @param id identity of what runs there: the Pod's uid, so that a new Pod never gets the connections of an old one
 * @param host address, or the local end of a port-forward
 * @param port port there
 * @param password of the role {@code matriarch}
 */
public record Server(String id, String host, int port, String password) {

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
