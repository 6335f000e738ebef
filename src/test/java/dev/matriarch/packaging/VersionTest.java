package dev.matriarch.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The version is written in pom.xml. Where a file must repeat it, because a tool reads that file as it stands, it is the same one. */
class VersionTest {

    /** A version of Matriarch in a file: behind its image's name, or as a label, an annotation or a field that a manifest has for it. */
    private static final Pattern MENTION =
            Pattern.compile("matriarch(?:/matriarch|/operator)?:v?(\\d+\\.\\d+\\.\\d+(?:-[A-Za-z0-9.]+)?)"
                    + "|app\\.kubernetes\\.io/version: *\"?(\\d+\\.\\d+\\.\\d+(?:-[A-Za-z0-9.]+)?)"
                    + "|^(?:appVersion|version): *\"?(\\d+\\.\\d+\\.\\d+(?:-[A-Za-z0-9.]+)?)");

    private static final List<Path> PLACES = List.of(
            Path.of("src", "main"),
            Path.of("scripts"),
            Path.of("quickstart"),
            Path.of("examples"),
            Path.of("native"),
            Path.of("charts"),
            Path.of("install"));

    @Test
    void noFileSaysAnotherVersion() throws IOException {
        String version = version();
        List<String> strays;
        try (Stream<Path> files = PLACES.stream().filter(Files::exists).flatMap(VersionTest::walk)) {
            strays = files.filter(Files::isRegularFile)
                    .flatMap(file -> mentions(file)
                            .filter(found -> !found.equals(version))
                            .map(found -> file + ": " + found))
                    .toList();
        }
        assertThat(strays).as("pom.xml says " + version).isEmpty();
    }

    @Test
    void theManifestNamesTheImageOfThisVersion() throws IOException {
        assertThat(mentions(Path.of("src", "main", "kubernetes", "operator.yml")))
                .containsExactly(version());
    }

    private static String version() throws IOException {
        Matcher matcher = Pattern.compile("<artifactId>matriarch</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static Stream<Path> walk(Path place) {
        try {
            return Files.walk(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> mentions(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .flatMap(line -> MENTION.matcher(line).results())
                    .map(found -> Stream.of(found.group(1), found.group(2), found.group(3))
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
