package dev.matriarch.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matriarch.api.Postgresql;
import dev.matriarch.objects.ConfigurationMap;
import dev.matriarch.objects.HbaConf;
import dev.matriarch.objects.ObjectNames;
import dev.matriarch.objects.PostgresqlConf;
import dev.matriarch.observe.Observer;
import dev.matriarch.observe.OwnObjects;
import dev.matriarch.postgres.HbaCheck;
import dev.matriarch.postgres.ParameterCheck;
import dev.matriarch.postgres.Server;
import dev.matriarch.status.Problem;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Which parameters and hba lines are put in force: those of the spec, unless some of them are refused; then those that were accepted last, of which a new cluster has none. The last
 * accepted ones stand in the ConfigMap, so that they outlive the operator.
 */
@ApplicationScoped
public class Parameters {

    private static final Logger LOG = Logger.getLogger(Parameters.class);

    private static final String HBA = "spec.postgresql.hba";

    /** What instances are configured with. */
    @RegisterForReflection
    public record Accepted(Map<String, String> parameters, List<String> hba) {}

    private record Checked(String server, Postgresql spec, List<Problem> problems) {}

    private final Observer observer;
    private final ParameterCheck check;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<ResourceID, Checked> checked = new ConcurrentHashMap<>();

    Parameters(Observer observer, ParameterCheck check) {
        this.observer = observer;
        this.check = check;
    }

    /** The accepted configuration; what is refused is added to the problems. */
    public Accepted accepted(OwnObjects objects, List<Problem> problems) {
        Postgresql spec = objects.cluster().getSpec().postgresql();
        List<Problem> found = problems(objects, spec);
        problems.addAll(found);
        Accepted wanted = new Accepted(PostgresqlConf.folded(spec.parameters()), spec.hba());
        Accepted accepted = found.isEmpty() ? wanted : last(objects).orElseGet(() -> first(wanted, found));
        if (accepted.hba().equals(HbaConf.NOBODY)) {
            problems.add(Problem.NO_CLIENT_ADMITTED);
        }
        return accepted;
    }

    /** Of a new cluster's, what was not refused. Whoever says who may come in has not said that everybody may. */
    static Accepted first(Accepted wanted, List<Problem> refused) {
        boolean hba = refused.stream().anyMatch(each -> each.field().startsWith(HBA));
        return new Accepted(Map.of(), hba ? HbaConf.NOBODY : wanted.hba());
    }

    /** Forgets a cluster that is gone. */
    public void forget(ResourceID cluster) {
        checked.remove(cluster);
    }

    private List<Problem> problems(OwnObjects objects, Postgresql spec) {
        List<Problem> found = new ArrayList<>(names(spec.parameters()));
        // Asked each time: it may be the number of instances that has changed.
        ParameterCheck.tooFew(spec.parameters(), objects.cluster().getSpec().instances())
                .forEach((name, problem) -> found.add(new Problem("spec.postgresql.parameters." + name, problem)));
        HbaCheck.problems(spec.hba())
                .forEach(each -> found.add(new Problem(HBA + "[" + each.getKey() + "]", each.getValue())));
        if (!found.isEmpty()) {
            return found;
        }
        Optional<Accepted> last = last(objects);
        if (last.isPresent() && last.get().parameters().equals(PostgresqlConf.folded(spec.parameters()))) {
            return List.of();
        }
        String primary = objects.cluster().getStatus() == null
                ? null
                : objects.cluster().getStatus().primary();
        Optional<Server> server = primary == null ? Optional.empty() : observer.server(objects, primary);
        if (server.isEmpty()) {
            return List.of(); // the supervisor lets PostgreSQL itself check what it starts with
        }
        ResourceID id = ResourceID.fromResource(objects.cluster());
        Checked before = checked.get(id);
        if (before != null
                && before.server().equals(server.get().id())
                && before.spec().equals(spec)) {
            return before.problems();
        }
        try {
            List<Problem> refused = check.problems(server.get(), spec.parameters()).entrySet().stream()
                    .map(each -> new Problem("spec.postgresql.parameters." + each.getKey(), each.getValue()))
                    .toList();
            checked.put(id, new Checked(server.get().id(), spec, refused));
            return refused;
        } catch (SQLException e) {
            LOG.debugf("Parameters of %s not checked: %s", objects.name(), e.getMessage());
            return List.of();
        }
    }

    /** Names that the rules of the CRD refuse too; an older object may have them. */
    static List<Problem> names(Map<String, String> parameters) {
        List<Problem> found = new ArrayList<>();
        Map<String, String> spellings = new HashMap<>();
        for (String name : new TreeSet<>(parameters.keySet())) {
            String field = "spec.postgresql.parameters." + name;
            String other = spellings.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                found.add(new Problem(field, "the same parameter as " + other + "; keep one of the two."));
            } else if (PostgresqlConf.isRefused(name)) {
                found.add(new Problem(field, "the operator sets it itself; take it out."));
            }
        }
        return found;
    }

    private Optional<Accepted> last(OwnObjects objects) {
        return objects.configMap(ObjectNames.config(objects.name()))
                .map(map -> map.getData().get(ConfigurationMap.ACCEPTED))
                .flatMap(text -> {
                    try {
                        return Optional.of(json.readValue(text, Accepted.class));
                    } catch (JsonProcessingException e) {
                        return Optional.empty(); // somebody has edited it; the spec is what there is
                    }
                });
    }
}
