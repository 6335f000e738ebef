package dev.matriarch.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The native binary has those of the client's model classes that are needed: no more, no less. */
class KubernetesModelsTest {

    private static final Path REGISTERED = Path.of("src/main/java/dev/matriarch/start/RegisteredModels.java");

    @Test
    void thoseThatAreNeededAreRegistered() throws IOException {
        Set<String> needed = KubernetesModels.needed();

        assertThat(needed)
                .as(
                        "what the code and its lists name, what a property holds, what only a generic type names, what only the client does")
                .contains("io.fabric8.kubernetes.api.model.PodList")
                .contains("io.fabric8.kubernetes.api.model.EphemeralContainer")
                .contains("io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus")
                .contains("io.fabric8.kubernetes.api.model.Namespace")
                .contains("io.fabric8.kubernetes.api.model.ListOptions")
                .contains("io.fabric8.kubernetes.api.model.WatchEvent")
                .doesNotContain("io.fabric8.kubernetes.api.model.PodBuilder")
                .noneMatch(name -> name.contains("gatewayapi"));
        String source = needed.stream()
                .map(name -> "            \"" + name + "\",\n")
                .collect(Collectors.joining(
                        "",
                        "package dev.matriarch.start;\n\nimport io.quarkus.runtime.annotations.RegisterForReflection;\n\n"
                                + "/** Generated from what the code uses, by scripts/generate: the client's model classes that JSON is made from or read into. */\n"
                                + "@RegisterForReflection(\n        ignoreNested = true,\n        classNames = {\n",
                        "        })\nfinal class RegisteredModels {\n\n    private RegisteredModels() {}\n}\n"));
        if (Boolean.getBoolean("matriarch.regenerate")) {
            Files.writeString(REGISTERED, source);
        }
        assertThat(REGISTERED).as("make it anew with scripts/generate").hasContent(source);
    }
}
