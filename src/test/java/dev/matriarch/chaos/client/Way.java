package dev.matriarch.chaos.client;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.Executor;

/**
 * A way to the database: the URI that the cluster's Secret gives, with short timeouts added. pgjdbc counts them in whole seconds, so a connection
 * attempt into the void costs one; an answer is waited for in milliseconds.
 *
 * @param uri JDBC URI with user and password
 * @param answerMillis how long an answer may take before the connection counts as dead
 */
record Way(String uri, int answerMillis) {

    private static final Executor AT_ONCE = Runnable::run;

    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(
                uri + (uri.contains("?") ? '&' : '?') + "connectTimeout=1&socketTimeout=2&ApplicationName=chaos");
        connection.setNetworkTimeout(AT_ONCE, answerMillis);
        return connection;
    }

    static void close(Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.abort(AT_ONCE);
        } catch (SQLException e) {
            // It is of no use any more, whatever it says.
        }
    }
}
