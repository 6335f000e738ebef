package dev.matriarch.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What an application is given. */
class AppSecretTest {

    private static final String AWKWARD = "p@ss:w/rd?#&=%+ \\ü'\"";

    private final Secret secret =
            AppSecret.build(Samples.blueprint("bootstrap: {database: shop, owner: clerk}"), AWKWARD);

    @Test
    void itIsWhatTheServiceBindingSpecificationAsksFor() {
        assertThat(secret.getMetadata().getName()).isEqualTo("orders-app");
        assertThat(secret.getType()).isEqualTo("servicebinding.io/postgresql");
        assertThat(value("type")).isEqualTo("postgresql");
        assertThat(value("provider")).isEqualTo("matriarch");
        assertThat(value("host")).isEqualTo("orders-primary.shop.svc");
        assertThat(value("port")).isEqualTo("5432");
        assertThat(value("database")).isEqualTo("shop");
        assertThat(value("username")).isEqualTo("clerk");
        assertThat(value("password")).isEqualTo(AWKWARD);
    }

    @Test
    void aPasswordWithAnythingInItSurvivesAUri() {
        URI uri = URI.create(value("uri"));
        assertThat(uri.getScheme()).isEqualTo("postgresql");
        assertThat(uri.getUserInfo()).isEqualTo("clerk:" + AWKWARD);
        assertThat(uri.getHost()).isEqualTo("orders-primary.shop.svc");
        assertThat(uri.getPort()).isEqualTo(5432);
        assertThat(uri.getPath()).isEqualTo("/shop");
        assertThat(uri.getQuery()).isNull();
        assertThat(value("uri")).doesNotContain("+");
    }

    @Test
    void andAJdbcUrl() {
        URI uri = URI.create(value("jdbc-uri").substring("jdbc:".length()));
        assertThat(uri.getHost()).isEqualTo("orders-primary.shop.svc");
        assertThat(uri.getRawQuery()).matches("user=clerk&password=[^&]*");
        assertThat(uri.getQuery()).endsWith("&password=" + AWKWARD);
    }

    @Test
    void clientsThatKnowAllInstancesFindThePrimaryThemselves() {
        String hosts =
                "orders-0.orders-pods.shop.svc:5432,orders-1.orders-pods.shop.svc:5432,orders-2.orders-pods.shop.svc:5432";
        assertThat(value("uri-multihost"))
                .startsWith("postgresql://clerk:")
                .contains("@" + hosts + "/shop?")
                .contains("target_session_attrs=primary");
        assertThat(value("jdbc-uri-multihost"))
                .startsWith("jdbc:postgresql://" + hosts + "/shop?")
                .contains("targetServerType=primary");
    }

    @Test
    void aPassfileIsOneLineWithItsOwnEscapes() {
        assertThat(value("pgpass")).isEqualTo("*:5432:*:clerk:p@ss\\:w/rd?#&=%+ \\\\ü'\"\n");
    }

    @Test
    void passwordSecretsHaveTheKeysThatOthersExpect() {
        Secret superuser = PasswordSecrets.superuser(Samples.blueprint(""), "secret");
        assertThat(superuser.getType()).isEqualTo("kubernetes.io/basic-auth");
        assertThat(Encoding.text(superuser.getData(), "POSTGRES_PASSWORD")).isEqualTo("secret");
        assertThat(Encoding.text(superuser.getData(), "username")).isEqualTo("postgres");
        assertThat(PasswordSecrets.internal(Samples.blueprint(""), "one", "two").getData())
                .as("a file for each role")
                .containsOnlyKeys("matriarch", "matriarch_replication");
    }

    @Test
    void aMissingValueIsEmpty() {
        assertThat(Encoding.text(null, "password")).isEmpty();
        assertThat(Encoding.text(secret.getData(), "nothing")).isEmpty();
    }

    private String value(String key) {
        return Encoding.text(secret.getData(), key);
    }
}
