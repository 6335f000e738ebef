package dev.matriarch.observe;

import dev.matriarch.decide.Instance;
import dev.matriarch.decide.Observation;
import dev.matriarch.observe.StaleConfigurations.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Volumes whose data another major version has made: of a cluster that was made again with another one. */
public final class DataVersions {

    private static final Pattern INCOMPATIBLE =
            Pattern.compile("initialized by PostgreSQL version ([0-9]+)[^;]*not compatible with this version ([0-9]+)");

    private DataVersions() {}

    /** Which version there is, and what helps; empty when every instance that speaks has its own. */
    public static Optional<Reason> reason(Observation seen) {
        List<String> names = new ArrayList<>();
        String data = "";
        String image = "";
        for (Instance each : seen.instances()) {
            Matcher said = INCOMPATIBLE.matcher(
                    each.report().map(Instance.Report::message).orElse(""));
            if (said.find()) {
                names.add(each.name());
                data = said.group(1);
                image = said.group(2);
            }
        }
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Reason(
                        "spec.postgresql.version",
                        "the data of " + String.join(", ", names) + " is of version " + data + " and cannot run on "
                                + image
                                + "; nothing was changed. Set it to " + data
                                + " and make the Pods anew: kubectl delete pod "
                                + String.join(" ", names) + "."));
    }
}
