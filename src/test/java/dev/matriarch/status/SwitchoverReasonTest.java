package dev.matriarch.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.decide.Planned;
import dev.matriarch.decide.SwitchoverAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SwitchoverReasonTest {

    /** A person finds each word. */
    @ParameterizedTest
    @EnumSource
    void eachIsInTheDocumentation(SwitchoverReason reason) throws IOException {
        assertThat(Files.readString(Path.of("docs/switchover.md"))).contains("`" + reason + "`");
    }

    /** What the decision says is said with the same word. */
    @Test
    void theSetIsClosed() {
        Stream.concat(Arrays.stream(SwitchoverAnswer.Reason.values()), Arrays.stream(Planned.Reversal.values()))
                .forEach(each -> assertThat(SwitchoverReason.of(each.name())).isPresent());
        assertThat(SwitchoverReason.of("Whatever")).isEmpty();
        assertThat(SwitchoverReason.of(null)).isEmpty();
    }
}
