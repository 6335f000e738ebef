package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventReasonTest {

    /** Rows such as {@code | `Paused`, `Resumed` | Normal | when |}. */
    @Test
    void theReferenceTellsOfEachReasonAndItsType() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("docs/resources.md")).stream()
                .filter(line -> line.matches("\\| `.* \\| (Normal|Warning) \\| .*"))
                .map(line -> line.split(" \\| "))
                .flatMap(row ->
                        Stream.of(row[0].replaceAll("[|` ]", "").split(",")).map(name -> name + " " + row[1]))
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Stream.of(EventReason.values())
                        .map(each -> each + " " + each.type())
                        .toList());
    }
}
