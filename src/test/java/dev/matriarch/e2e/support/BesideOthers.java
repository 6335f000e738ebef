package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that keep to namespaces of their own and leave machines and the operator alone, so that several such classes can run at a time. All others have the cluster to
 * themselves.
 */
@Target(TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("beside-others")
public @interface BesideOthers {

    /** About how long it takes, if more than 20 s: {@link LongOnesFirst}. */
    int seconds() default 0;
}
