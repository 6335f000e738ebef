package dev.matriarch.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CrdFileTest {

    @Test
    void theCommittedCrdIsTheGeneratedOne() throws IOException {
        String generated = CrdFile.generate();
        if (Boolean.getBoolean("matriarch.regenerate")) {
            Files.writeString(CrdFile.COMMITTED, generated);
        }
        assertThat(CrdFile.COMMITTED)
                .as("make it anew with ./mvnw test -Dtest=CrdFileTest -Dmatriarch.regenerate=true")
                .hasContent(generated);
    }

    @Test
    void itStaysFarBelowWhatEtcdAndKubectlTake() throws IOException {
        assertThat(Files.size(CrdFile.COMMITTED)).isLessThan(200 * 1024);
    }
}
