package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is read in a Secret; what comes of it is seen in SecretsIT. */
class PasswordKeeperTest {

    private final List<Problem> problems = new ArrayList<>();

    @Test
    void thePasswordUnderTheFirstKeyThatHasOne() {
        assertThat(read(true, Map.of("POSTGRES_PASSWORD", "a", "password", "a")))
                .contains("a");
        assertThat(read(true, Map.of("password", "b"))).contains("b");
        assertThat(read(true, Map.of("POSTGRES_PASSWORD", "", "password", "b"))).contains("b");
        assertThat(problems).isEmpty();
    }

    @Test
    void twoThatDifferAreToldWithoutThem() {
        assertThat(read(true, Map.of("POSTGRES_PASSWORD", "first-one", "password", "other-one")))
                .contains("first-one");
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("Secret orders-superuser: has different passwords under POSTGRES_PASSWORD and password;"
                        + " that under POSTGRES_PASSWORD is in force.")
                .doesNotContain("first-one", "other-one");
    }

    @Test
    void onlyOneThatTheOperatorMakesIsMadeAgain() {
        assertThat(read(true, Map.of())).isEmpty();
        assertThat(problems.get(0).message()).endsWith("Put one there, or delete the Secret to have it made again.");
        assertThat(read(false, Map.of("user", "x"))).isEmpty();
        assertThat(problems.get(1).message())
                .contains("POSTGRES_PASSWORD or password")
                .endsWith("Put one there.");
    }

    private Optional<String> read(boolean ours, Map<String, String> data) {
        Map<String, String> encoded = new TreeMap<>();
        data.forEach((key, text) ->
                encoded.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        return PasswordKeeper.read(
                new SecretBuilder()
                        .withNewMetadata()
                        .withName("orders-superuser")
                        .endMetadata()
                        .withData(encoded)
                        .build(),
                List.of("POSTGRES_PASSWORD", "password"),
                ours,
                problems);
    }
}
