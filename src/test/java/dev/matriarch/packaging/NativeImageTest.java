package dev.matriarch.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the native binary would miss without a word at build time: classes that JSON is made from and of, and resources that code reads. */
class NativeImageTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.matriarch");
    private static final Set<String> READS = Set.of("readValue", "treeToValue", "convertValue");
    private static final Path RESOURCES = Path.of("src", "main", "resources");

    @Test
    void whatIsSerialisedIsRegistered() {
        List<JavaClass> serialised =
                OURS.stream().filter(NativeImageTest::isSerialised).toList();

        assertThat(serialised).hasSizeGreaterThan(10);
        assertThat(serialised)
                .as("each of these needs @RegisterForReflection, or the native binary can't read or write it")
                .allMatch(NativeImageTest::isRegistered);
    }

    @Test
    void whatJsonIsReadIntoIsRegistered() {
        List<JavaClass> read = OURS.stream()
                .flatMap(owner -> owner.getCodeUnits().stream())
                .filter(NativeImageTest::readsJson)
                .flatMap(unit -> unit.getReferencedClassObjects().stream())
                .map(reference -> reference.getRawType())
                .filter(type -> type.getPackageName().startsWith("dev.matriarch"))
                .distinct()
                .toList();

        assertThat(read).isNotEmpty();
        assertThat(read)
                .as("each of these needs @RegisterForReflection, or the native binary can't read it")
                .allMatch(NativeImageTest::isRegistered);
    }

    /** Whoever reads a class's name there makes one of it by reflection. So far no setting names one of ours. */
    @Test
    void whatAConfigurationNamesIsRegistered() throws IOException {
        assertThat(named("some.codec=java.lang.String, dev.matriarch.decide.Lsn\n"))
                .containsExactly("dev.matriarch.decide.Lsn");

        assertThat(named(Files.readString(RESOURCES.resolve("application.properties"))))
                .as("each of these needs @RegisterForReflection, or the native binary can't make one")
                .allMatch(name -> isRegistered(OURS.get(name)));
    }

    private static List<String> named(String configuration) {
        return Arrays.stream(configuration.split("[^A-Za-z0-9_.$]+"))
                .filter(OURS::contain)
                .toList();
    }

    @Test
    void everyResourceIsIncluded() throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(RESOURCES.resolve("application.properties"))) {
            properties.load(in);
        }
        List<String> includes = List.of(
                properties.getProperty("quarkus.native.resources.includes").split(","));
        List<Path> left;
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            left = files.filter(Files::isRegularFile)
                    .map(RESOURCES::relativize)
                    .filter(file ->
                            !file.startsWith("META-INF") && !file.toString().equals("application.properties"))
                    .filter(file -> includes.stream().noneMatch(include -> FileSystems.getDefault()
                            .getPathMatcher("glob:" + include)
                            .matches(file)))
                    .toList();
        }
        assertThat(left)
                .as("quarkus.native.resources.includes leaves these out, and the native binary would not find them")
                .isEmpty();
    }

    /** The resources of our API, and whatever says to Jackson how it is to be written. Interfaces and annotations have no values. */
    private static boolean isSerialised(JavaClass type) {
        boolean isValue = !type.isInterface()
                && !type.isAnonymousClass()
                && !type.getSimpleName().isEmpty();
        boolean isOfTheApi = type.getPackageName().equals("dev.matriarch.api")
                && !type.getSimpleName().equals("package-info");
        boolean isForJackson = type.getAnnotations().stream()
                .anyMatch(annotation -> annotation.getRawType().getPackageName().startsWith("com.fasterxml.jackson"));
        return isValue && (isOfTheApi || isForJackson);
    }

    private static boolean readsJson(JavaCodeUnit unit) {
        return unit.getMethodCallsFromSelf().stream()
                .anyMatch(call ->
                        READS.contains(call.getName()) && call.getTargetOwner().isAssignableTo(ObjectMapper.class));
    }

    /** Quarkus registers a class with those that are nested in it. */
    private static boolean isRegistered(JavaClass type) {
        for (Optional<JavaClass> at = Optional.of(type);
                at.isPresent();
                at = at.get().getEnclosingClass()) {
            if (at.get().isAnnotatedWith(RegisterForReflection.class)) {
                return true;
            }
        }
        return false;
    }
}
