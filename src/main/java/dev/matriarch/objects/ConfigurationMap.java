package dev.matriarch.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code orders-config}: the supervisor's script and the configuration of PostgreSQL. */
public final class ConfigurationMap {

    /** Key of what was accepted last: parameters and hba lines as JSON. */
    public static final String ACCEPTED = "accepted.json";

    private static final Pattern DIGEST = Pattern.compile("(?m)^matriarch.configuration = '([0-9a-f]+)'$");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfigurationMap() {}

    /**
     * Builds it.
     *
     * @param parameters the accepted parameters of the user, which are those of the spec unless some of them are refused
     * @param hba the accepted lines
     */
    public static ConfigMap build(Blueprint blueprint, Map<String, String> parameters, List<String> hba) {
        Map<String, String> data = new TreeMap<>();
        data.put("supervisor.sh", Script.TEXT);
        data.put(
                "postgresql.conf",
                PostgresqlConf.text(blueprint.name(), blueprint.spec().storage(), parameters));
        data.put("pg_hba.conf", HbaConf.open(hba));
        data.put("pg_hba.closed.conf", HbaConf.closed());
        data.put(ACCEPTED, accepted(parameters, hba));
        data.put("initdb.args", initdbArguments(blueprint));
        return new ConfigMapBuilder()
                .withMetadata(blueprint.owned(ObjectNames.config(blueprint.name())))
                .withData(data)
                .build();
    }

    /**
     * What an instance says that has taken all of such a ConfigMap: {@code matriarch.configuration}, and the digest of its {@code pg_hba.conf}. The two
     * are taken and refused one without the other.
     */
    public static Optional<String> digest(Map<String, String> data) {
        Matcher line = DIGEST.matcher(data.getOrDefault("postgresql.conf", ""));
        return line.find()
                ? Optional.of(line.group(1) + " " + Encoding.sha256(data.getOrDefault("pg_hba.conf", "")))
                : Optional.empty();
    }

    /**
     * Whether an instance says so. Behind the closed gate another hba is in force, as it must be.
     *
     * @param digest of the ConfigMap
     * @param configuration what the instance said
     */
    public static boolean isInForce(String digest, String configuration, boolean gateOpen) {
        return configuration.equals(digest)
                || !gateOpen && configuration.startsWith(digest.substring(0, digest.indexOf(' ') + 1));
    }

    private static String accepted(Map<String, String> parameters, List<String> hba) {
        try {
            Map<String, Object> both = new TreeMap<>();
            both.put("parameters", new TreeMap<>(parameters));
            both.put("hba", hba);
            return JSON.writeValueAsString(both);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String initdbArguments(Blueprint blueprint) {
        StringBuilder arguments = new StringBuilder("--encoding=UTF8\n--locale=")
                .append(blueprint.spec().bootstrap().locale())
                .append('\n');
        boolean byDefault = blueprint.spec().postgresql().version() >= 18;
        boolean wanted = blueprint.spec().bootstrap().dataChecksums();
        if (wanted != byDefault) {
            arguments.append(wanted ? "--data-checksums\n" : "--no-data-checksums\n");
        }
        return arguments.toString();
    }

    private static final class Script {
        static final String TEXT = load();

        private static String load() {
            try (InputStream in = ConfigurationMap.class.getResourceAsStream("/supervisor/supervisor.sh")) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
