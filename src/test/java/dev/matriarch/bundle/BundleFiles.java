package dev.matriarch.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a bundle that are generated. The others (annotations, scorecard) are in {@code olm-bundle} as they are. */
final class BundleFiles {

    static final Path FOLDER = Path.of("olm-bundle");
    static final String REMAKE = "./mvnw test -Dtest=BundleFilesTest -Dmatriarch.regenerate=true";
    static final String SERVICE_VERSION = "manifests/matriarch.clusterserviceversion.yaml";

    private static final List<String> KEPT_BY_HAND =
            List.of("metadata/annotations.yaml", "tests/scorecard/config.yaml");

    private BundleFiles() {}

    /** Text by path below the bundle's directory. */
    static SortedMap<String, String> generate(Release release) {
        OperatorManifests operator = new OperatorManifests();
        List<OwnedCrd> crds = OwnedCrd.all();
        SortedMap<String, String> files = new TreeMap<>();
        files.put(
                SERVICE_VERSION,
                header("src/main/olm, " + OperatorManifests.FILE + ", the CRDs and examples/")
                        + YamlNodes.write(ServiceVersion.generate(release, operator, crds)));
        crds.forEach(crd -> files.put("manifests/" + crd.name() + ".crd.yaml", crd.text()));
        operator.beside()
                .forEach(object -> files.put(
                        "manifests/" + YamlNodes.text(object, "metadata", "name") + "."
                                + OperatorManifests.kind(object).toLowerCase(Locale.ROOT) + ".yaml",
                        header(OperatorManifests.FILE.toString()) + YamlNodes.write(object)));
        return files;
    }

    /** Writes a whole bundle, with what is kept by hand. */
    static void writeWhole(Release release, Path folder) {
        Map<String, String> files = new TreeMap<>(generate(release));
        try {
            for (String name : KEPT_BY_HAND) {
                files.put(name, Files.readString(FOLDER.resolve(name)));
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                write(folder.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** The files that are in a folder, below {@code olm-bundle}. */
    static List<String> present(String folder) {
        try (Stream<Path> files = Files.walk(FOLDER.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> FOLDER.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String header(String sources) {
        return "# Generated from " + sources + ". Make it anew with: " + REMAKE + "\n";
    }
}
