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
                "host \"my db\" all all scram-sha-256",
                "host app, other \"a user\",+\"my group\" .example.net md5 # from there",
                "host all all ::1 ffff::0 md5",
                "host all all fe80::/10 md5",
                "host all all db.example.net scram-sha-256",
                "host all \"@home\" samehost md5",
                "\tlocal\tall\tall\ttrust",
                "  # only a remark",
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
        "host all all 10.0.0.0/99 scram-sha-256, has the mask /99 in 10.0.0.0/99; it must be /0 to /32",
        "host all all 10.0.0.0/ scram-sha-256, has the mask / in",
        "host all all ::1/129 scram-sha-256, has the mask /129 in ::1/129; it must be /0 to /128",
        "host all all 10.0.0.300/8 md5, has the address 10.0.0.300",
        "host all all 10.0.0/8 md5, has the address 10.0.0",
        "host all all ::12345/64 md5, has the address ::12345",
        "host all all 10.0.0.1 md5, has the address 10.0.0.1 without a mask; write 10.0.0.1/32",
        "host all all 10.0.0.1 255.0.0.0, has too few fields",
        "host all all db.example.net/24 md5, has the address db.example.net/24; a name of a host has no mask",
        "host \"my db all all md5, has a quote that is not closed",
        "host my db all all scram-sha-256, has the method all",
        "host all @people all md5, 'has @people, a file'",
        "host all all all peer, has the method peer",
        "host all all all cert, has the method cert",
        "host all all all md5 md5, has the option md5",
        "host all all all md5\\, ends with a backslash",
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
