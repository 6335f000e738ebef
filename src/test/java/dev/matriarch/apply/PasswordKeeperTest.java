package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.Secret;
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
    void oneWithALineBreakIsNotTakenAndItsKeyIsNamed() {
        assertThat(read(false, Map.of("password", "from-a-file\n"))).isEmpty();
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("Secret orders-superuser: has a line break under password,")
                .doesNotContain("from-a-file");
        assertThat(read(true, Map.of("POSTGRES_PASSWORD", "a\r\n", "password", "a")))
                .contains("a");
        assertThat(problems).hasSize(2);
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

    @Test
    void ofTheOperatorsOwnRolesALostPasswordIsPutBackIfItIsKnownAndNothingElseIsOverwritten() {
        Map<String, String> known = Map.of("matriarch", "a", "matriarch_replication", "b");

        assertThat(canPutBack(Map.of("matriarch_replication", "b"), known)).isTrue();
        assertThat(canPutBack(Map.of("matriarch", "a", "matriarch_replication", ""), known))
                .isTrue();
        assertThat(canPutBack(Map.of(), known)).isTrue();
        assertThat(canPutBack(known, known)).as("nothing is lost").isFalse();
        assertThat(canPutBack(Map.of("matriarch_replication", "another"), known))
                .isFalse();
        assertThat(canPutBack(Map.of("matriarch_replication", "b"), Map.of("matriarch_replication", "b")))
                .as("nobody knows it")
                .isFalse();
    }

    private static boolean canPutBack(Map<String, String> data, Map<String, String> known) {
        return PasswordKeeper.canPutBack(secret(data), known);
    }

    private Optional<String> read(boolean ours, Map<String, String> data) {
        return PasswordKeeper.read(secret(data), List.of("POSTGRES_PASSWORD", "password"), ours, problems);
    }

    private static Secret secret(Map<String, String> data) {
        Map<String, String> encoded = new TreeMap<>();
        data.forEach((key, text) ->
                encoded.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        return new SecretBuilder()
                .withNewMetadata()
                .withName("orders-superuser")
                .endMetadata()
                .withData(encoded)
                .build();
    }
}
