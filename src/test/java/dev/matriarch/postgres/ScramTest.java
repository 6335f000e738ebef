package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {

    /** What PostgreSQL 17 stored for {@code create role … password …}. */
    @ParameterizedTest
    @CsvSource({
        "pass:w@rd, SCRAM-SHA-256$4096:hW8//3Ovl06UxDdhSrYekQ==$2UdFAAIMRUcURW0yAB556X6s+Tmy4We2t0YPXw1iprQ=:kfd7Km7iLPZ5jlOjQHaHpDd3+ewIRuTynZqW2z2S7Ms=",
        "pässwörd €, SCRAM-SHA-256$4096:DLCBjRiz+roVWqO88axgoQ==$kmPapuhPwbvDJc/7aZdhy18wlwAuBua+IA/QpqSBFm4=:IgnfXG/BORC/4ZohI6QxnX9AAvklWOWNbDW24B/5W40="
    })
    void aVerifierThatPostgresqlMadeIsRecognised(String password, String verifier) {
        assertThat(Scram.matches(verifier, password)).isTrue();
        assertThat(Scram.matches(verifier, password + " ")).isFalse();
        assertThat(Scram.matches(verifier, "")).isFalse();
    }

    /** RFC 7677, section 3: its salt and iterations; the keys follow from its proof and signature. */
    @Test
    void theKeysAreThoseOfTheStandard() {
        assertThat(Scram.matches(
                        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                        "pencil"))
                .isTrue();
    }

    /** Soft hyphens go, compatibility forms become what they stand for, other spaces become spaces: RFC 4013. */
    @ParameterizedTest
    @CsvSource({"I\u00ADX, IX", "\u2168, IX", "a\u00A0b, a b"})
    void aPasswordIsNormalisedAsPostgresqlDoes(String password, String normalised) {
        assertThat(Scram.matches(Scram.verifier(password), normalised)).isTrue();
    }

    @Test
    void aNewVerifierIsRecognisedAndEachHasItsOwnSalt() {
        String verifier = Scram.verifier("secret");
        assertThat(verifier).startsWith("SCRAM-SHA-256$4096:").isNotEqualTo(Scram.verifier("secret"));
        assertThat(Scram.matches(verifier, "secret")).isTrue();
        assertThat(Scram.matches(verifier, "Secret")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "md55f4dcc3b5aa765d61d8327deb882cf99", "secret", "SCRAM-SHA-256$x:y$z:w"})
    void anotherKindOfVerifierNeverMatches(String verifier) {
        assertThat(Scram.matches(verifier, "secret")).isFalse();
        assertThat(Scram.matches(null, "secret")).isFalse();
    }
}
