package dev.matriarch.observe;

import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Instance.Report;
import dev.matriarch.decide.Observation;
import dev.matriarch.objects.ConfigurationMap;
import dev.matriarch.objects.HbaConf;
import dev.matriarch.objects.ObjectNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Instances that run on another configuration than the ConfigMap's, and what their supervisors say why. */
@ApplicationScoped
public class StaleConfigurations {

    private static final String TAKEN_BACK = "configuration-taken-back";
    private static final String TAKEN = "configured";
    private static final Set<String> STEPS = Set.of("configuration-refused", TAKEN_BACK, TAKEN);

    /** The supervisor's words of pg_hba_file_rules, and those of a PostgreSQL that does not start. */
    private static final Pattern HBA_LINE = Pattern.compile(
            "pg_hba\\.conf: line ([0-9]{1,6}): |line ([0-9]{1,6}) of configuration file \\S*pg_hba\\.conf");

    private static final int REMEMBERED = 1_000;

    private final Reports reports;

    /** What Pods have said of the configuration that is wanted. A log passes, and what it said stays true. */
    private final LruMap<Said> said = new LruMap<>(REMEMBERED);

    private record Said(String wanted, Report report) {}

    /**
     * Why an instance runs on another configuration.
     *
     * @param field the field of the spec that is about it
     * @param message what is wrong, and what helps
     */
    public record Reason(String field, String message) {}

    StaleConfigurations(Reports reports) {
        this.reports = reports;
    }

    /**
     * What was found.
     *
     * @param reasons one per instance that has refused the configuration or taken it back
     * @param taking those that are about to take it
     */
    public record Found(List<Reason> reasons, List<String> taking) {}

    /**
     * Looks for them.
     *
     * @param wanted the digest of the configuration that they are to have
     */
    public Found find(OwnObjects objects, Observation seen, String wanted) {
        List<Reason> reasons = new ArrayList<>();
        List<String> taking = new ArrayList<>();
        for (Instance instance : seen.instances()) {
            boolean stale = isStale(instance, wanted);
            if (!stale && !isBehindTheGate(instance)) {
                continue;
            }
            Optional<Reason> reason = objects.find(Pod.class, instance.name())
                    .flatMap(pod -> report(pod, wanted))
                    .map(report -> reason(instance, report, seen));
            reason.ifPresent(reasons::add);
            if (stale && reason.isEmpty()) {
                taking.add(instance.name());
            }
        }
        return new Found(reasons, taking);
    }

    /** What an instance says that has the configuration of the ConfigMap; empty while there is none. */
    public static Optional<String> wanted(OwnObjects objects) {
        return objects.configMap(ObjectNames.config(objects.name()))
                .map(ConfigMap::getData)
                .flatMap(ConfigurationMap::digest);
    }

    /** Whether an instance answers, and says something else. */
    public static boolean isStale(Instance instance, String wanted) {
        return instance.database()
                .filter(its -> !ConfigurationMap.isInForce(wanted, its.configuration(), its.gateOpen()))
                .isPresent();
    }

    /** Where no lines of hba have worked before, as in a new cluster, the gate stays closed when some of them are refused. */
    private static boolean isBehindTheGate(Instance instance) {
        return instance.database().filter(its -> !its.gateOpen()).isPresent();
    }

    private Optional<Report> report(Pod pod, String wanted) {
        String uid = pod.getMetadata().getUid();
        Optional<Report> report = reports.last(pod, STEPS);
        if (report.isPresent()) {
            said.put(uid, new Said(wanted, report.get()));
        } else {
            report = said.get(uid)
                    .filter(before -> before.wanted().equals(wanted))
                    .map(Said::report);
        }
        return report.filter(each -> !TAKEN.equals(each.step())); // what it took was an earlier one
    }

    static Reason reason(Instance instance, Report report, Observation seen) {
        String message = instance.name()
                + (isBehindTheGate(instance)
                        ? " admits no client yet. "
                        : " runs on its last configuration that worked. ")
                + report.message()
                + (report.message().endsWith(".") ? "" : ".")
                + (TAKEN_BACK.equals(report.step()) ? remedy(instance, report, seen) : "");
        Matcher line = HBA_LINE.matcher(report.message());
        if (line.find()) {
            int place = HbaConf.placeOf(Integer.parseInt(line.group(1) == null ? line.group(2) : line.group(1)));
            return new Reason(place < 0 ? "spec.postgresql.hba" : "spec.postgresql.hba[" + place + "]", message);
        }
        return new Reason(
                report.message().startsWith("postgresql.conf: ") ? "spec.postgresql.parameters" : "spec.postgresql",
                message);
    }

    /** A standby that was restarted before its primary had the smaller value is helped by a restart, of the primary first. */
    private static String remedy(Instance instance, Report report, Observation seen) {
        String primary = seen.protocol().primary();
        if (!report.message().contains("lower setting than on the primary")
                || instance.name().equals(primary)) {
            return " When it is corrected, it is taken without a restart; if what it lacked is there now, delete Pod "
                    + instance.name() + " to have it tried again.";
        }
        if (seen.primaryDatabase().filter(Instance.Database::waitsToLower).isPresent()) {
            return " Delete Pod " + primary + ", the primary, to restart it with the new value, and then Pod "
                    + instance.name() + ".";
        }
        // It learns the primary's values from the WAL, so before it streams it would fail once more.
        return seen.streams(instance)
                ? " The primary has the new value now: delete Pod " + instance.name() + " to have it tried again."
                : " When " + instance.name() + " streams again, delete its Pod to have it tried again.";
    }
}
