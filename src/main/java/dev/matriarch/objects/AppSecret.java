package dev.matriarch.objects;

import dev.matriarch.decide.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code orders-app}: everything that an application needs, with the keys of the Service Binding specification and more. The password is made
 * once; the rest follows the spec.
 */
public final class AppSecret {

    private AppSecret() {}

    public static Secret build(Blueprint blueprint, String password) {
        String database = blueprint.spec().bootstrap().database();
        String user = blueprint.spec().bootstrap().owner();
        String host = ObjectNames.primary(blueprint.name()) + "." + blueprint.namespace() + ".svc";
        String hosts = IntStream.range(0, blueprint.spec().instances())
                .mapToObj(ordinal -> Names.instance(blueprint.name(), ordinal) + "."
                        + ObjectNames.pods(blueprint.name()) + "." + blueprint.namespace() + ".svc:" + Blueprint.PORT)
                .collect(Collectors.joining(","));
        String credentials = Encoding.uri(user) + ":" + Encoding.uri(password) + "@";
        String jdbcCredentials = "user=" + Encoding.uri(user) + "&password=" + Encoding.uri(password);

        Map<String, String> data = new TreeMap<>();
        data.put("type", "postgresql");
        data.put("provider", Labels.MATRIARCH);
        data.put("host", host);
        data.put("port", Integer.toString(Blueprint.PORT));
        data.put("database", database);
        data.put("username", user);
        data.put("password", password);
        data.put("uri", "postgresql://" + credentials + host + ":" + Blueprint.PORT + "/" + database);
        data.put(
                "jdbc-uri",
                "jdbc:postgresql://" + host + ":" + Blueprint.PORT + "/" + database + "?" + jdbcCredentials);
        data.put(
                "uri-multihost",
                "postgresql://" + credentials + hosts + "/" + database
                        + "?target_session_attrs=primary&connect_timeout=2");
        data.put(
                "jdbc-uri-multihost",
                "jdbc:postgresql://" + hosts + "/" + database + "?targetServerType=primary&connectTimeout=2&"
                        + jdbcCredentials);
        data.put(
                "pgpass",
                "*:" + Blueprint.PORT + ":*:" + Encoding.pgpass(user) + ":" + Encoding.pgpass(password) + "\n");
        return new SecretBuilder()
                .withMetadata(blueprint.kept(ObjectNames.app(blueprint.name())))
                .withType("servicebinding.io/postgresql")
                .withData(Encoding.base64(data))
                .build();
    }
}
