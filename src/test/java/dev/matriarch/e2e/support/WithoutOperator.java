package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that need an API server and no operator. They keep to namespaces of their own, and run while the operator of the Deployment is away, beside those that bring
 * one ({@link OwnOperator}): there the processors have time.
 */
@Target(TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("without-deployment")
public @interface WithoutOperator {

    /** About how long it takes, if more than 10 s: {@link LongOnesFirst}. */
    int seconds() default 0;
}
