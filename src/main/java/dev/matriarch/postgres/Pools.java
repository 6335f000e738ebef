package dev.matriarch.postgres;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import io.agroal.api.configuration.AgroalDataSourceConfiguration.DataSourceImplementation;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections to instances. One small pool per instance for looking and for deeds, opened at its first use and closed with its Pod; and fresh connections
 * for what must see what a new session sees, and for servers that may be dead, because a pool reports a failed connect only after a second.
 */
@ApplicationScoped
public class Pools {

    /** Limit of a TCP connect, and of the log-in. */
    static final Duration CONNECT = Duration.ofSeconds(1);

    /** Limit of one read from the socket. */
    static final Duration SOCKET = Duration.ofSeconds(3);

    /** Limit of one statement, in the server. */
    static final Duration STATEMENT = Duration.ofSeconds(2);

    /** Before PostgreSQL 17 there is no such parameter, and who names it among the options of a connection gets none. */
    private static final String NO_TRANSACTION_TIMEOUT =
            "select set_config('transaction_timeout', '0', false) where current_setting('transaction_timeout', true) is not null";

    private static final String OWN_DATABASE = "postgres";

    /** Longer than anything takes that was begun before a server was forgotten. */
    private static final Duration AFTERWARDS = Duration.ofMinutes(10);

    private final Map<String, Pool> pools = new ConcurrentHashMap<>();

    /** What was forgotten lately, and when. Who asked one of them before comes back to it, and would open a pool that nobody closes any more. */
    private final Map<String, Long> forgotten = new ConcurrentHashMap<>();

    private record Pool(Server server, AgroalDataSource source) {}

    /** A connection of the server's pool; of one that was forgotten a moment ago, one of its own. Close it soon. */
    public Connection pooled(Server server) throws SQLException {
        Pool pool = pools.compute(server.id(), (id, present) -> {
            if (present != null && present.server().equals(server)) {
                return present;
            }
            if (present != null) {
                present.source().close();
            } else if (isForgotten(id)) {
                return null;
            }
            return new Pool(
                    server, source(server, "matriarch", OWN_DATABASE, DataSourceImplementation.AGROAL, STATEMENT));
        });
        return pool == null ? fresh(server) : pool.source().getConnection();
    }

    /** Whether there is a pool, so that the server has answered before. */
    public boolean isKnown(Server server) {
        Pool pool = pools.get(server.id());
        return pool != null && pool.server().equals(server);
    }

    /**
     * A connection for a deed: while clients wait, a log-in costs more than the deed. What it reads and writes does not depend on the age of its session.
     */
    Connection forDeed(Server server) throws SQLException {
        return isKnown(server) ? pooled(server) : fresh(server);
    }

    /** A connection of its own to a database of the server, with a limit for each statement. */
    public Connection fresh(Server server, String database, Duration statement) throws SQLException {
        return source(server, "matriarch", database, DataSourceImplementation.AGROAL_POOLLESS, statement)
                .getConnection();
    }

    /** A connection of its own as {@code postgres}, with the password that the server record bears. */
    public Connection freshAsSuperuser(Server server) throws SQLException {
        return source(server, "postgres", OWN_DATABASE, DataSourceImplementation.AGROAL_POOLLESS, STATEMENT)
                .getConnection();
    }

    /** A connection of its own to the database {@code postgres}. */
    public Connection fresh(Server server) throws SQLException {
        return fresh(server, OWN_DATABASE, STATEMENT);
    }

    /** Closes the pool of what is gone, for good: whoever still has to do with it opens none. */
    public void forget(String id) {
        forgotten.keySet().removeIf(each -> !isForgotten(each));
        forgotten.put(id, System.nanoTime());
        close(id);
    }

    private boolean isForgotten(String id) {
        Long at = forgotten.get(id);
        return at != null && System.nanoTime() - at < AFTERWARDS.toNanos();
    }

    /** Closes the pool of what runs under this identity, until it is used again. */
    public void close(String id) {
        Pool pool = pools.remove(id);
        if (pool != null) {
            pool.source().close();
        }
    }

    @PreDestroy
    void closeAll() {
        pools.keySet().forEach(this::close);
    }

    private static AgroalDataSource source(
            Server server, String role, String database, DataSourceImplementation kind, Duration statement) {
        Duration socket = statement.plus(SOCKET.minus(STATEMENT));
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .dataSourceImplementation(kind)
                    .connectionPoolConfiguration(pool -> pool.initialSize(0)
                            .minSize(0)
                            .maxSize(3)
                            .acquisitionTimeout(CONNECT.plus(SOCKET))
                            // A session in which something failed may hold a lock, or be dead: it does not go back.
                            .exceptionSorter(ExceptionSorter.fatalExceptionSorter())
                            .idleValidationTimeout(Duration.ofSeconds(30))
                            .reapTimeout(Duration.ofMinutes(2))
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(
                                            "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + database)
                                    .principal(new NamePrincipal(role))
                                    .credential(new SimplePassword(server.password()))
                                    .loginTimeout(CONNECT.plus(SOCKET))
                                    .initialSql(NO_TRANSACTION_TIMEOUT)
                                    .jdbcProperty("ApplicationName", "matriarch-operator")
                                    .jdbcProperty("connectTimeout", seconds(CONNECT))
                                    .jdbcProperty("socketTimeout", seconds(socket))
                                    .jdbcProperty("loginTimeout", seconds(CONNECT.plus(SOCKET)))
                                    .jdbcProperty("cancelSignalTimeout", "1")
                                    .jdbcProperty("prepareThreshold", "2")
                                    .jdbcProperty("tcpKeepAlive", "true")
                                    .jdbcProperty("options", options(database, statement)))));
        } catch (SQLException e) {
            throw new IllegalStateException("data source of " + server, e);
        }
    }

    /**
     * What users set for their own sessions, in the parameters or for a role, is not for ours: with {@code serializable} a standby answers no query, with {@code read_only} no password
     * could be changed. In a database of the user's the names that are there count too, because the bootstrap runs there.
     */
    private static String options(String database, Duration statement) {
        return "-c statement_timeout=" + statement.toMillis() + " -c lock_timeout=1000"
                + " -c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0"
                + " -c default_transaction_isolation=read\\ committed"
                + " -c default_transaction_read_only=off -c default_transaction_deferrable=off"
                + (OWN_DATABASE.equals(database) ? " -c search_path=pg_catalog" : "");
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }
}
