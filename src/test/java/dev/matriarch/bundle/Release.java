package dev.matriarch.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * What differs from bundle to bundle.
 *
 * @param version semantic version of bundle and operator
 * @param replaces the version before it, from which OLM upgrades
 * @param createdAt when it was made, ISO 8601
 * @param operatorImage the operator's image, by digest; absent: as the Deployment says it
 * @param postgresImages the images of PostgreSQL by major version, by digest; absent: as the operator's configuration says it
 */
record Release(
        String version,
        Optional<String> replaces,
        String createdAt,
        Optional<String> operatorImage,
        SortedMap<Integer, String> postgresImages) {

    private static final String DIGEST = ".+@sha256:[0-9a-f]{64}";

    /** One that can be published: a tag can be moved, and an image that nobody pushed has no digest. */
    static Release published(
            String version,
            Optional<String> replaces,
            String createdAt,
            String operatorImage,
            Map<Integer, String> postgresImages) {
        if (!version.matches("[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?")) {
            throw new IllegalArgumentException("'" + version + "' is not a semantic version");
        }
        requireDigest(operatorImage);
        postgresImages.values().forEach(Release::requireDigest);
        if (postgresImages.isEmpty()) {
            throw new IllegalArgumentException(
                    "at least one image of PostgreSQL is needed, such as 17=postgres@sha256:…");
        }
        return new Release(version, replaces, createdAt, Optional.of(operatorImage), new TreeMap<>(postgresImages));
    }

    /** The bundle in this repository: what the POM says, and no digests, because its images are in no registry. */
    static Release ofTheSources() {
        try {
            Document pom = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(Path.of("pom.xml").toFile());
            String version = child(pom.getDocumentElement(), "version");
            String time =
                    child((Element) pom.getElementsByTagName("properties").item(0), "project.build.outputTimestamp");
            return new Release(
                    version.replace("-SNAPSHOT", ""), Optional.empty(), time, Optional.empty(), new TreeMap<>());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isByDigest(String image) {
        return image.matches(DIGEST);
    }

    private static void requireDigest(String image) {
        if (!isByDigest(image)) {
            throw new IllegalArgumentException(
                    "'" + image + "' has no digest: NAME@sha256:… is what a registry answers to a push");
        }
    }

    private static String child(Element parent, String name) {
        for (int i = 0; i < parent.getChildNodes().getLength(); i++) {
            if (parent.getChildNodes().item(i) instanceof Element element && name.equals(element.getTagName())) {
                return element.getTextContent().trim();
            }
        }
        throw new IllegalStateException("pom.xml has no " + name);
    }
}
