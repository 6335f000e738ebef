package dev.matriarch.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.decide.History;
import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Instance.Contact;
import dev.matriarch.decide.Instance.Database;
import dev.matriarch.decide.Instance.Slot;
import dev.matriarch.decide.Instance.Walsender;
import dev.matriarch.decide.Lsn;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** Asks an instance what it is. */
@ApplicationScoped
public class Look {

    private static final Logger LOG = Logger.getLogger(Look.class);

    /** SQLSTATE invalid_password. */
    private static final String WRONG_PASSWORD = "28P01";

    /** SQLSTATE cannot_connect_now. */
    private static final String CANNOT_CONNECT_NOW = "57P03";

    /** Limit of one answer. */
    private static final Duration PATIENCE = Duration.ofMillis(1_200);

    static final String BEGUN_TIMELINE = "begun-timeline.sql";

    private final Pools pools;
    private final ObjectMapper json = new ObjectMapper();
    private final String query = SqlText.load("observe.sql");
    private final String pendingRestart = SqlText.load("pending-restart.sql");
    private final String history = SqlText.load("history.sql");
    private final String begunTimeline = SqlText.load(BEGUN_TIMELINE);

    /** Servers that refused the operator's password when they were last asked. */
    private final Set<String> refusing = ConcurrentHashMap.newKeySet();

    /** What waits for a restart, by server. */
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();

    private record Pending(String loaded, List<String> names) {}

    /** Of the timeline that it was on when it was last asked, by server. */
    private final Map<String, Known> histories = new ConcurrentHashMap<>();

    private record Known(String loaded, long timeline, History history) {}

    /** A timeline and its end; comments have neither. */
    private static final Pattern LEFT =
            Pattern.compile("^\\s*(\\d{1,10})\\s+([0-9A-F]{1,8}/[0-9A-F]{1,8})\\s", Pattern.MULTILINE);

    Look(Pools pools) {
        this.pools = pools;
    }

    /**
     * What came of asking an instance.
     *
     * @param contact whether it answered, and if not, what that tells
     * @param database what it said
     * @param stalled for how long a small write of an operator has hung there, as it said; zero: none has
     */
    public record Answer(Contact contact, Optional<Database> database, Duration stalled) {
        /** Of one that said nothing. */
        public Answer(Contact contact) {
            this(contact, Optional.empty(), Duration.ZERO);
        }
    }

    /** Asks it. */
    public Answer at(Server server) {
        if (pools.isKnown(server)) {
            try (Connection connection = pools.pooled(server)) {
                return answered(connection, server);
            } catch (SQLException e) {
                LOG.debugf("%s does not answer: %s", server, e.getMessage());
                pools.close(server.id());
                if (hasCause(e, SocketTimeoutException.class)) {
                    return new Answer(Contact.SILENT);
                }
                // Else the connection may have broken, which tells nothing of the server.
            }
        }
        // A server that has not answered before is asked without the pool, which would take a second to report a
        // refusal.
        try (Connection connection = pools.fresh(server)) {
            Answer answer = answered(connection, server);
            pools.pooled(server).close();
            return answer;
        } catch (SQLException e) {
            LOG.debugf("%s does not answer: %s", server, e.getMessage());
            pools.close(server.id());
            if (WRONG_PASSWORD.equals(e.getSQLState())) {
                refusing.add(server.id());
            }
            return new Answer(contact(e));
        }
    }

    private Answer answered(Connection connection, Server server) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
        Answer said = ask(connection, server);
        refusing.remove(server.id());
        return said;
    }

    /** A refused connection is a fact about the other side; a broken or silent one may be about the way there. */
    private static Contact contact(SQLException e) {
        if (CANNOT_CONNECT_NOW.equals(e.getSQLState())) {
            return Contact.NOT_YET;
        }
        return hasCause(e, ConnectException.class) && e.getMessage().contains("refused")
                ? Contact.REFUSED
                : Contact.SILENT;
    }

    private static boolean hasCause(Throwable e, Class<? extends Exception> kind) {
        return e != null && (kind.isInstance(e) || hasCause(e.getCause(), kind));
    }

    /** Whether the server, when it was last asked, refused the password of the role {@code matriarch}. */
    public boolean isRefusedBy(Server server) {
        return refusing.contains(server.id());
    }

    /** Forgets a server that is gone. */
    public void forget(String id) {
        refusing.remove(id);
        pending.remove(id);
        histories.remove(id);
        pools.forget(id);
    }

    private Answer ask(Connection connection, Server server) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet row = statement.executeQuery()) {
            row.next();
            JsonNode said = json.readTree(row.getString(1));
            String loaded = said.path("configurationLoaded").asText();
            Optional<Begun> begun = said.path("detached").asBoolean() ? begunTimeline(connection) : Optional.empty();
            long timeline =
                    begun.map(Begun::parent).orElse(said.path("timeline").asLong());
            Database database = read(
                    said,
                    pendingRestart(connection, server, loaded),
                    timeline,
                    history(connection, server, loaded, timeline),
                    begun);
            return new Answer(
                    Contact.ANSWERED,
                    Optional.of(database),
                    Duration.ofMillis(said.path("stalled").asLong()));
        } catch (JsonProcessingException e) {
            throw new SQLException("unreadable answer", e);
        }
    }

    /** A timeline of which it has nothing, and the one before it, on which it is. */
    record Begun(long timeline, long parent) {}

    /** Asked of who would count as detached: what it has is final then. */
    private Optional<Begun> begunTimeline(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(begunTimeline);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Optional.ofNullable(row.getString(1))
                    .map(each -> each.split(" "))
                    .map(each -> new Begun(Long.parseLong(each[0]), Long.parseLong(each[1])));
        }
    }

    /** Going through all settings costs more than the rest of the question, and the answer changes only with a reload. */
    private List<String> pendingRestart(Connection connection, Server server, String loaded) throws SQLException {
        Pending known = pending.get(server.id());
        if (known != null && known.loaded().equals(loaded)) {
            return known.names();
        }
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(pendingRestart);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                names.add(row.getString("name") + (row.getBoolean("lowered") ? Instance.LOWERED : ""));
            }
        }
        pending.put(server.id(), new Pending(loaded, List.copyOf(names)));
        return List.copyOf(names);
    }

    /** The history of a timeline never changes; whether the server was given other data since, its last start tells. */
    private History history(Connection connection, Server server, String loaded, long timeline) throws SQLException {
        if (timeline <= 1) {
            return History.none();
        }
        Known known = histories.get(server.id());
        if (known != null && known.loaded().equals(loaded) && known.timeline() == timeline) {
            return known.history();
        }
        try (PreparedStatement statement = connection.prepareStatement(history)) {
            statement.setLong(1, timeline);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                History read = history(row.getString(1));
                if (!read.ends().isEmpty()) {
                    histories.put(server.id(), new Known(loaded, timeline, read));
                }
                return read;
            }
        }
    }

    /** What a history file says; null is none. */
    static History history(String file) {
        return file == null
                ? History.none()
                : new History(LEFT.matcher(file)
                        .results()
                        .map(each -> new History.End(Long.parseLong(each.group(1)), Lsn.parse(each.group(2))))
                        .toList());
    }

    static Database read(
            JsonNode said, List<String> pendingRestart, long timeline, History history, Optional<Begun> begun) {
        return new Database(
                said.path("inRecovery").asBoolean(),
                said.path("systemIdentifier").asText(),
                said.path("version").asText(),
                timeline,
                lsn(said.path("position")),
                number(said.path("epoch")),
                number(said.path("generation")),
                said.path("synchronousStandbyNames").asText(),
                "open".equals(said.path("gate").asText()),
                said.path("bootstrapped").asBoolean(),
                lsn(said.path("oldestWal")),
                list(
                        said.path("walsenders"),
                        each -> new Walsender(
                                each.path("standby").asText(),
                                each.path("state").asText(),
                                lsn(each.path("flushed")),
                                lsn(each.path("replayed")),
                                each.path("syncState").asText())),
                list(
                        said.path("slots"),
                        each -> new Slot(
                                each.path("name").asText(), each.path("active").asBoolean())),
                said.path("receiving").asBoolean(),
                said.path("streamed").asBoolean(),
                said.path("heard").isNumber()
                        ? Optional.of(Duration.ofMillis(said.path("heard").asLong()))
                        : Optional.empty(),
                said.path("detached").asBoolean() && begun.isEmpty(),
                said.path("configuration").asText(""),
                pendingRestart,
                Duration.ofSeconds(number(said.path("selfFence"))),
                said.path("upstream").asText(""),
                begun.map(each -> "it knows timeline " + each.timeline()
                                + ", has nothing of it, and is started anew without")
                        .orElse(said.path("hindrance").asText("")),
                lsn(said.path("replayed")),
                history,
                begun.isPresent(),
                said.path("paused").asBoolean());
    }

    private static Lsn lsn(JsonNode node) {
        return node.isTextual() ? Lsn.parse(node.asText()) : Lsn.ZERO;
    }

    private static long number(JsonNode node) {
        return node.isTextual() && node.asText().matches("[0-9]{1,18}") ? Long.parseLong(node.asText()) : 0;
    }

    private static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
        List<T> all = new ArrayList<>();
        array.forEach(each -> all.add(element.apply(each)));
        return List.copyOf(all);
    }
}
