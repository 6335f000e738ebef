package dev.matriarch.postgres;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a new cluster begins with.
 *
 * <p>It runs behind the closed gate and before any rule is in force, so no client sees it half done and no commit waits. The user's statements
 * and the note that they ran are one transaction: an operator that dies before it commits finds nothing done and does it again, one that dies
 * after finds the note. So no statement may end that transaction. What comes before is made only where it is missing.
 */
@ApplicationScoped
public class Bootstrapping {

    /** Limit of one of the user's statements. */
    private static final Duration STATEMENT = Duration.ofMinutes(2);

    /** The CRD admits no blanks and no commas in these names. */
    private static final Pattern NOTE = Pattern.compile("bootstrapped: database ([^ ,]+), owner ([^ ,]+)");

    private static final String ENDS_A_TRANSACTION = "2D000";

    private final Pools pools;

    Bootstrapping(Pools pools) {
        this.pools = pools;
    }

    /**
     * Makes the owner, the database, and runs the statements.
     *
     * @param passwords of {@code postgres} and of the owner
     * @throws BootstrapException when a statement of the user fails; its message names which
     */
    public void run(Server server, String database, String owner, List<String> sql, Map<String, String> passwords)
            throws SQLException, BootstrapException {
        try (Connection connection = pools.fresh(server, "postgres", Duration.ofSeconds(30))) {
            if (!exists(connection, "select from pg_roles where rolname = ?", owner)) {
                execute(connection, "create role " + SqlText.identifier(owner) + " login");
            }
            Roles.setPasswords(connection, passwords);
            if (!exists(connection, "select from pg_database where datname = ?", database)) {
                execute(
                        connection,
                        "create database " + SqlText.identifier(database) + " owner " + SqlText.identifier(owner));
            }
        }
        try (Connection connection = pools.fresh(server, database, STATEMENT)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < sql.size(); i++) {
                try {
                    execute(connection, withinTheTransaction(sql.get(i)));
                } catch (SQLException e) {
                    throw new BootstrapException("spec.bootstrap.sql[" + i + "]: " + why(e));
                }
            }
            execute(
                    connection,
                    "comment on role matriarch_replication is " + SqlText.literal(note(new Begun(database, owner))));
            execute(connection, "comment on role matriarch is 'bootstrapped'");
            connection.commit();
        }
    }

    /** The server refuses what begins or ends a transaction, such as {@code commit}, where PL/pgSQL executes it; all else is done as it would be alone. */
    static String withinTheTransaction(String statement) {
        return "do " + SqlText.literal("begin execute " + SqlText.literal(statement) + "; end");
    }

    /** In the server's words, without the statement, which it quotes and which may hold a password. */
    private static String why(SQLException e) {
        ServerErrorMessage said = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        if (said == null) {
            return SqlText.oneLine(e);
        }
        String message = said.getMessage() == null ? "" : said.getMessage();
        if (ENDS_A_TRANSACTION.equals(said.getSQLState()) || message.contains("transaction commands")) {
            return "it begins or ends a transaction, and all run in one; take that out";
        }
        return "ERROR: " + message
                + (said.getDetail() == null ? "" : "; Detail: " + said.getDetail())
                + (said.getHint() == null ? "" : "; Hint: " + said.getHint())
                + (said.getInternalPosition() == 0 ? "" : "; Position: " + said.getInternalPosition());
    }

    /** What a cluster began with. */
    public record Begun(String database, String owner) {}

    /**
     * What the cluster of a server began with: the note that was committed with the bootstrap, and that goes where the data goes.
     *
     * @return empty when the note is of a release that did not write it
     */
    public Optional<Begun> begun(Server server) throws SQLException {
        try (Connection connection = pools.pooled(server);
                PreparedStatement statement = connection.prepareStatement(
                        "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = 'matriarch_replication'");
                ResultSet row = statement.executeQuery()) {
            return row.next() ? read(row.getString(1)) : Optional.empty();
        }
    }

    static String note(Begun begun) {
        return "bootstrapped: database " + begun.database() + ", owner " + begun.owner();
    }

    static Optional<Begun> read(String note) {
        Matcher matcher = NOTE.matcher(note == null ? "" : note);
        return matcher.matches() ? Optional.of(new Begun(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
