package dev.matriarch.postgres;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Passwords of roles. */
@ApplicationScoped
public class Roles {

    private final Pools pools;

    Roles(Pools pools) {
        this.pools = pools;
    }

    /**
     * Gives roles these passwords, where they have others. Roles that do not exist are passed over.
     *
     * @return the roles that were changed
     */
    public List<String> setPasswords(Server server, Map<String, String> passwords) throws SQLException {
        try (Connection connection = pools.pooled(server)) {
            return setPasswords(connection, passwords);
        }
    }

    /**
     * The same, as {@code postgres}: for when the operator's own password is not what the server has.
     *
     * @param superuser the server, with the password of {@code postgres}
     */
    public List<String> setPasswordsAsSuperuser(Server superuser, Map<String, String> passwords) throws SQLException {
        try (Connection connection = pools.freshAsSuperuser(superuser)) {
            return setPasswords(connection, passwords);
        }
    }

    static List<String> setPasswords(Connection connection, Map<String, String> passwords) throws SQLException {
        List<String> changed = new ArrayList<>();
        for (Map.Entry<String, String> each : passwords.entrySet()) {
            if (differs(connection, each.getKey(), each.getValue())) {
                try (Statement statement = connection.createStatement()) {
                    // A weak password can be guessed from its verifier, and logs are read by many.
                    statement.execute(
                            "set log_statement = none; set log_min_duration_statement = -1; set log_min_error_statement = panic");
                    statement.execute("alter role " + SqlText.identifier(each.getKey()) + " password "
                            + SqlText.literal(Scram.verifier(each.getValue())));
                    statement.execute(
                            "reset log_statement; reset log_min_duration_statement; reset log_min_error_statement");
                }
                changed.add(each.getKey());
            }
        }
        return changed;
    }

    private static boolean differs(Connection connection, String role, String password) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select rolpassword from pg_authid where rolname = ?")) {
            statement.setString(1, role);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && !Scram.matches(row.getString(1), password);
            }
        }
    }
}
