package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HbaCheckTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host all all 10.0.0.0/8 scram-sha-256",
                "host all all 10.0.0.0 255.0.0.0 md5",
                "hostssl  app,other  +group,user  ::1/128  cert clientcert=verify-full",
                "host all all all ldap ldapserver=ldap.example.net ldapprefix=\"cn=\"",
                "local all all peer map=people",
                "hostnossl all all samenet reject",
                "# a remark",
                ""
            })
    void linesThatPostgresqlReads(String line) {
        assertThat(HbaCheck.problems(List.of(line))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "everybody may come in, begins with everybody",
        "host all all scram-sha-256, has too few fields",
        "local all peer, has too few fields",
        "host all all all scram, has the method scram",
        "local all all 10.0.0.0/8 md5, has the method 10.0.0.0/8"
    })
    void linesThatItDoesNot(String line, String says) {
        assertThat(HbaCheck.problems(List.of(line))).singleElement().satisfies(each -> assertThat(each.getValue())
                .startsWith(says));
    }

    @Test
    void anElementIsOneLineSoThatNothingIsSmuggledIn() {
        assertThat(HbaCheck.problems(List.of("# fine\nhost all all all trust"))).hasSize(1);
    }

    @Test
    void problemsAreToldByPlace() {
        assertThat(HbaCheck.problems(List.of("host all all all md5", "x", "# y", "z")))
                .extracting(Map.Entry::getKey)
                .containsExactly(1, 3);
    }
}
