package dev.matriarch.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes bundles and catalogs that can be published; olm-bundle/release calls it. */
public final class BundleMain {

    private BundleMain() {}

    public static void main(String[] words) throws IOException {
        try {
            run(new ArrayList<>(List.of(words)));
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
        }
    }

    static void run(List<String> words) throws IOException {
        switch (words.isEmpty() ? "" : words.remove(0)) {
            case "bundle" -> bundle(words);
            case "catalog" -> catalog(words);
            case "help" -> System.out.println("bundle …, catalog …: see olm-bundle/release");
            default -> throw new IllegalArgumentException("bundle … or catalog …");
        }
    }

    private static void bundle(List<String> words) {
        Map<String, String> options = new TreeMap<>();
        Map<Integer, String> postgres = new TreeMap<>();
        while (!words.isEmpty()) {
            String option = words.remove(0);
            if (words.isEmpty()) {
                throw new IllegalArgumentException(option + " wants a value");
            }
            String value = words.remove(0);
            if (option.equals("--postgres")) {
                postgres.put(Integer.valueOf(before(value)), after(value));
            } else if (List.of("--version", "--replaces", "--created-at", "--operator", "--out")
                    .contains(option)) {
                options.put(option, value);
            } else {
                throw new IllegalArgumentException("there is no option " + option);
            }
        }
        BundleFiles.writeWhole(
                Release.published(
                        needed(options, "--version"),
                        Optional.ofNullable(options.get("--replaces")),
                        needed(options, "--created-at"),
                        needed(options, "--operator"),
                        postgres),
                Path.of(needed(options, "--out")));
    }

    private static void catalog(List<String> words) throws IOException {
        if (words.size() < 2) {
            throw new IllegalArgumentException("catalog FILE BUNDLE_DIRECTORY=IMAGE@DIGEST …");
        }
        Path file = Path.of(words.remove(0));
        List<Catalog.Bundle> bundles = words.stream()
                .map(word -> new Catalog.Bundle(Path.of(before(word), "manifests"), after(word)))
                .toList();
        for (Catalog.Bundle bundle : bundles) {
            if (!Release.isByDigest(bundle.image())) {
                throw new IllegalArgumentException("the bundle's image " + bundle.image() + " has no digest");
            }
        }
        BundleFiles.write(file, Catalog.generate(bundles));
    }

    private static String needed(Map<String, String> options, String name) {
        return Optional.ofNullable(options.get(name))
                .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
    }

    private static String before(String pair) {
        return pair.substring(0, split(pair));
    }

    private static String after(String pair) {
        return pair.substring(split(pair) + 1);
    }

    private static int split(String pair) {
        int at = pair.indexOf('=');
        if (at < 1) {
            throw new IllegalArgumentException("'" + pair + "' is no pair NAME=VALUE");
        }
        return at;
    }
}
