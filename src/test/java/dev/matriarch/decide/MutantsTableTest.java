package dev.matriarch.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/simulation.md names each mutant, in the words of {@link Mutant}; {@code scripts/simulate --mutants} prints it anew. */
class MutantsTableTest {

    private static Stream<Mutant> all() {
        return MutantsTable.all();
    }

    private static Stream<Mutant> told() {
        return all().filter(each -> !each.toldAs.isEmpty());
    }

    @Test
    void theTableIsThatOfTheMutants() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("docs/simulation.md")).stream()
                .filter(line -> line.startsWith("| `") && line.split("`")[1].matches("[A-Z_]+"))
                .map(line -> line.replaceFirst("\\| [0-9]+( \\([0-9]+\\))? \\|", "| N |"))
                .toList();
        assertThat(rows)
                .isEqualTo(all().map(each -> MutantsTable.before(each) + "N" + MutantsTable.after(each))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("told")
    void whatIsToldIsATest(Mutant mutant) throws ClassNotFoundException {
        String[] names = ("ToldMutantsTest." + mutant.toldAs).split("[.]");
        String test = names[names.length - 2];
        Class<?> tests = Class.forName(getClass().getPackageName() + "." + test);
        assertThat(Arrays.stream(tests.getDeclaredMethods())
                        .filter(each -> each.isAnnotationPresent(Test.class))
                        .map(each -> each.getName()))
                .contains(names[names.length - 1]);
    }
}
