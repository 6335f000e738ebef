package dev.matriarch.apply;

import dev.matriarch.api.Postgresql;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;
import java.util.Map;
import java.util.Optional;

/** The image of each major version of PostgreSQL: an exact minor release, never a moving tag. */
@ConfigMapping(prefix = "matriarch.postgresql.images")
public interface Images {

    /** Images by major version. */
    @WithParentName
    Map<Integer, String> byMajor();

    /** The image that a spec asks for; empty when its version is not mapped. */
    default Optional<String> of(Postgresql spec) {
        return spec.image() != null
                ? Optional.of(spec.image())
                : Optional.ofNullable(byMajor().get(spec.version()));
    }
}
