package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * With {@link OwnOperator}: tests that are wrong where processors have no time, beside those that mostly wait and need little of it. They run at last, when all others have
 * ended.
 */
@Target(TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("quiet")
public @interface Quiet {}
