package dev.matriarch.e2e.support;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A database as a client reaches it.
 *
 * @param url JDBC URL
 * @param user role; null when the URL says it
 * @param password its password
 */
public record Database(String url, String user, String password) {

    /** A database behind an address. */
    public static Database at(String address, String name, String user, String password) {
        return new Database("jdbc:postgresql://" + address + ":5432/" + name, user, password);
    }

    /** An open connection, with timeouts. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("loginTimeout", "8");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("hostRecheckSeconds", "0"); // what one test has seen is nothing to the next
        if (user != null) {
            properties.setProperty("user", user);
            properties.setProperty("password", password);
        }
        return DriverManager.getConnection(url, properties);
    }

    /** Runs statements in one session. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row. */
    public String value(String query) throws SQLException {
        return column(query).get(0);
    }

    /** The first column of every row. */
    public List<String> column(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (row.next()) {
                values.add(row.getString(1));
            }
            return values;
        }
    }
}
