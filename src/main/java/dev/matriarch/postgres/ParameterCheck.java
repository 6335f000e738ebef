package dev.matriarch.postgres;

import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a running server knows parameters and would take their values. Names with a dot belong to extensions and are taken. */
@ApplicationScoped
public class ParameterCheck {

    /** An exponent of more digits is none that any parameter takes, and one of ten that Java does not read. */
    private static final Pattern NUMBER =
            Pattern.compile("\\s*([-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)\\s*([A-Za-z]*)\\s*");
    /** Of on and off at least two letters, of the other words any beginning, as PostgreSQL reads them. */
    private static final Pattern BOOLEAN =
            Pattern.compile("on|off?|t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|1|0", Pattern.CASE_INSENSITIVE);

    /** An integer as C writes it: {@code log_file_mode = 0640}. */
    private static final Pattern OCTAL_OR_HEXADECIMAL =
            Pattern.compile("\\s*(0[0-7]{1,19}|0[xX][0-9A-Fa-f]{1,15})\\s*");

    private static final Map<String, Long> BYTES =
            Map.of("B", 1L, "kB", 1L << 10, "8kB", 8L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);
    private static final Map<String, Long> MICROSECONDS = Map.of(
            "us", 1L, "ms", 1_000L, "s", 1_000_000L, "min", 60_000_000L, "h", 3_600_000_000L, "d", 86_400_000_000L);

    private final Pools pools;

    ParameterCheck(Pools pools) {
        this.pools = pools;
    }

    /** A setting as the server describes it. Limits are in its unit; empty where there are none. */
    record Setting(String type, String unit, String min, String max, List<String> words) {}

    /** What is wrong, by name. */
    public Map<String, String> problems(Server server, Map<String, String> parameters) throws SQLException {
        return problems(settings(server, parameters.keySet().toArray(String[]::new)), parameters);
    }

    /** Of these each standby needs one, and another one while it is copied. */
    private static final List<String> FOR_STANDBYS = List.of("max_wal_senders", "max_replication_slots");

    /**
     * What would leave standbys out, by name as it is written. No server is needed to tell.
     *
     * @param instances of the cluster, 1 or more
     */
    public static Map<String, String> tooFew(Map<String, String> parameters, int instances) {
        int needed = 2 * (instances - 1);
        Map<String, String> problems = new TreeMap<>();
        parameters.forEach((name, value) -> {
            Matcher matcher = NUMBER.matcher(inDecimal(value));
            if (FOR_STANDBYS.contains(name.toLowerCase(Locale.ROOT))
                    && matcher.matches()
                    && new BigDecimal(matcher.group(1)).compareTo(BigDecimal.valueOf(needed)) < 0) {
                problems.put(
                        name,
                        quoted(value) + " is too low: " + instances + " instances need " + needed
                                + " or more, two for each standby, because a copy takes one beside it. Without this parameter there are enough.");
            }
        });
        return problems;
    }

    static Map<String, String> problems(Map<String, Setting> settings, Map<String, String> parameters) {
        Map<String, String> problems = new TreeMap<>();
        parameters.forEach((name, value) -> {
            if (name.contains(".")) {
                return;
            }
            Setting setting = settings.get(name.toLowerCase(Locale.ROOT));
            String problem = setting == null
                    ? "this PostgreSQL has no such parameter; check the spelling (select name from pg_settings)."
                    : problem(setting, value);
            if (problem != null) {
                problems.put(name, problem);
            }
        });
        return problems;
    }

    private static String problem(Setting setting, String value) {
        switch (setting.type()) {
            case "bool":
                return isBoolean(value) ? null : quoted(value) + " is not on or off.";
            case "enum":
                boolean hidden = setting.words().contains("on") && isBoolean(value);
                return hidden || setting.words().contains(value.toLowerCase(Locale.ROOT))
                        ? null
                        : quoted(value) + " is none of " + String.join(", ", setting.words()) + ".";
            case "integer":
                return number(setting, inDecimal(value));
            case "real":
                return number(setting, value);
            default:
                return null;
        }
    }

    private static boolean isBoolean(String value) {
        return BOOLEAN.matcher(value).matches();
    }

    private static String inDecimal(String value) {
        Matcher matcher = OCTAL_OR_HEXADECIMAL.matcher(value);
        return matcher.matches() ? Long.decode(matcher.group(1)).toString() : value;
    }

    private static String number(Setting setting, String value) {
        Matcher matcher = NUMBER.matcher(value);
        if (!matcher.matches()) {
            return quoted(value) + " is not a number"
                    + (setting.unit().isEmpty() ? "." : ", such as 1 or 1" + unitWord(setting) + ".");
        }
        Map<String, Long> units = BYTES.containsKey(setting.unit()) ? BYTES : MICROSECONDS;
        BigDecimal amount = new BigDecimal(matcher.group(1));
        String unit = matcher.group(2);
        if (!unit.isEmpty()) {
            if (setting.unit().isEmpty() || !units.containsKey(unit)) {
                return quoted(value) + " has a unit that this parameter does not take"
                        + (setting.unit().isEmpty() ? "; it has none." : "; write kB, MB, GB or us, ms, s, min, h, d.");
            }
            amount = amount.multiply(BigDecimal.valueOf(units.get(unit)))
                    .divide(BigDecimal.valueOf(units.get(setting.unit())), java.math.MathContext.DECIMAL64);
        }
        boolean low = !setting.min().isEmpty() && amount.compareTo(new BigDecimal(setting.min())) < 0;
        boolean high = !setting.max().isEmpty() && amount.compareTo(new BigDecimal(setting.max())) > 0;
        return low || high
                ? quoted(value) + " is outside " + setting.min() + " to " + setting.max()
                        + (setting.unit().isEmpty() ? "." : " (in " + setting.unit() + ").")
                : null;
    }

    private static String unitWord(Setting setting) {
        return "8kB".equals(setting.unit()) ? "MB" : setting.unit();
    }

    private static String quoted(String value) {
        return "'" + value + "'";
    }

    private Map<String, Setting> settings(Server server, String[] names) throws SQLException {
        Map<String, Setting> settings = new HashMap<>();
        try (Connection connection = pools.pooled(server);
                PreparedStatement statement = connection.prepareStatement(
                        "select lower(name), vartype, coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, ''), enumvals"
                                + " from pg_settings where lower(name) = any (?)")) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text",
                            Arrays.stream(names)
                                    .map(name -> name.toLowerCase(Locale.ROOT))
                                    .toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Array words = row.getArray(6);
                    settings.put(
                            row.getString(1),
                            new Setting(
                                    row.getString(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getString(5),
                                    words == null ? List.of() : List.of((String[]) words.getArray())));
                }
            }
        }
        return settings;
    }
}
