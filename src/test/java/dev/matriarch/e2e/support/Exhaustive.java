package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that go through all combinations of what others show once, or that wait for minutes: {@code ./mvnw verify -Dexhaustive} runs them too;
 * {@code ./mvnw verify}, as in CI, leaves them out, which keeps it short enough to be run before every push.
 */
@Target({TYPE, METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("exhaustive")
public @interface Exhaustive {}
